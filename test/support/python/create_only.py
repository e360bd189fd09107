"""Prints, for each type of a CloudFormation resource that is named, the properties that only a new resource can have otherwise,
or with the option --conditional those of which it depends.

They come from the registry's schemas, which cfn-lint brings along.
"""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

kinds = sys.argv[1:]
key = "createOnlyProperties"
if kinds[0] == "--conditional":
    kinds, key = kinds[1:], "conditionalCreateOnlyProperties"


def properties(kind: str) -> list[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region="us-east-1", resource_type=kind).schema
    return [path.removeprefix("/properties/") for path in schema.get(key, [])]


print(json.dumps({kind: properties(kind) for kind in kinds}))
