"""Prints, for each type of a CloudFormation resource that is named, the properties that only a new resource can have otherwise.

They come from the registry's schemas, which cfn-lint brings along.
"""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def create_only(kind: str) -> list[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region="us-east-1", resource_type=kind).schema
    return [path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", [])]


print(json.dumps({kind: create_only(kind) for kind in sys.argv[1:]}))
