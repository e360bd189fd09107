"""Prints as JSON what an AWS account holds, asked of each service's own API. Run: python inventory.py (AWS_ENDPOINT_URL)."""

import json
import os
from collections.abc import Callable
from typing import Any

import boto3


def pages(service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
    found = []
    for page in boto3.client(service).get_paginator(operation).paginate(**arguments):
        found += page[key]
    return found


def task_definitions() -> list[Any]:
    ecs = boto3.client("ecs")
    arns = pages("ecs", "list_task_definitions", "taskDefinitionArns")
    return [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in arns]


def active(found: list[Any]) -> list[Any]:
    """Without those that ECS still shows after their deletion."""
    return [one for one in found if one["status"] == "ACTIVE"]


def clusters() -> list[Any]:
    arns = pages("ecs", "list_clusters", "clusterArns")
    return active(boto3.client("ecs").describe_clusters(clusters=arns)["clusters"]) if arns else []


def services() -> list[Any]:
    ecs = boto3.client("ecs")
    found = []
    for cluster in (one["clusterArn"] for one in clusters()):
        arns = pages("ecs", "list_services", "serviceArns", cluster=cluster)
        found += ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
    return active(found)


def functions() -> list[Any]:
    aws = boto3.client("lambda")
    return [
        {**one, "OnSuccess": destination(aws, one["FunctionName"])}
        for one in pages("lambda", "list_functions", "Functions")
    ]


def destination(aws: Any, name: str) -> Any:
    try:
        config = aws.get_function_event_invoke_config(FunctionName=name)
    except aws.exceptions.ResourceNotFoundException:
        return None
    return config.get("DestinationConfig", {}).get("OnSuccess", {}).get("Destination")


def rules() -> list[Any]:
    events = boto3.client("events")
    found = events.list_rules()["Rules"]
    return [{**rule, "Targets": events.list_targets_by_rule(Rule=rule["Name"])["Targets"]} for rule in found]


def queues() -> list[Any]:
    sqs = boto3.client("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    return [
        {"QueueUrl": url, **sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]}
        for url in urls
    ]


def roles() -> list[Any]:
    iam = boto3.client("iam")
    found = []
    for role in pages("iam", "list_roles", "Roles"):
        name = role["RoleName"]
        inline = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        found.append({**role, "Inline": inline, "Attached": attached})
    return found


def secrets() -> list[Any]:
    return boto3.client("secretsmanager").list_secrets()["SecretList"]


def alarms() -> list[Any]:
    return boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]


def topics() -> list[Any]:
    return boto3.client("sns").list_topics()["Topics"]


def networks() -> list[Any]:
    return [vpc for vpc in boto3.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


def security_groups() -> list[Any]:
    found = boto3.client("ec2").describe_security_groups()["SecurityGroups"]
    return [group for group in found if group["GroupName"] != "default"]


def stack_resources() -> list[Any]:
    cloud = boto3.client("cloudformation")
    names = [stack["StackName"] for stack in cloud.describe_stacks()["Stacks"]]
    return [
        resource
        for name in names
        for resource in cloud.list_stack_resources(StackName=name)["StackResourceSummaries"]
        # moto lists what a condition leaves out as a row without a name.
        if resource["LogicalResourceId"]
    ]


asked: dict[str, Callable[[], list[Any]]] = {
    "alarms": alarms,
    "buckets": lambda: boto3.client("s3").list_buckets()["Buckets"],
    "clusters": clusters,
    "eventSources": lambda: boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"],
    "functions": functions,
    "gateways": lambda: boto3.client("ec2").describe_internet_gateways()["InternetGateways"],
    "layers": lambda: boto3.client("lambda").list_layers()["Layers"],
    "logGroups": lambda: pages("logs", "describe_log_groups", "logGroups"),
    "names": lambda: pages("servicediscovery", "list_services", "Services"),
    "namespaces": lambda: pages("servicediscovery", "list_namespaces", "Namespaces"),
    "networks": networks,
    "policies": lambda: pages("iam", "list_policies", "Policies", Scope="Local"),
    "queues": queues,
    "roles": roles,
    "rules": rules,
    "secrets": secrets,
    "securityGroups": security_groups,
    "services": services,
    "stackResources": stack_resources,
    "taskDefinitions": task_definitions,
    "topics": topics,
}

if __name__ == "__main__":
    # To boto3 an empty variable is a value: a profile, an endpoint, a file.
    for name in [name for name, value in os.environ.items() if not value]:
        del os.environ[name]
    print(json.dumps({name: ask() for name, ask in asked.items()}, default=str))
