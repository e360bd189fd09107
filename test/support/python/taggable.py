"""Prints which of the named types of CloudFormation resources the tags of a stack go to; from the registry, by cfn-lint."""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def taggable(kind: str) -> bool:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region="us-east-1", resource_type=kind).schema
    return bool(schema.get("tagging", {}).get("taggable"))


print(json.dumps([kind for kind in sys.argv[1:] if taggable(kind)]))
