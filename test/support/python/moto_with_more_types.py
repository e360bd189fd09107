"""A moto server that also knows the CloudFormation types of our templates that moto itself lacks (listed under `more`).

Each is kept by moto's own backend of the service, so that the service's API shows it; where moto has no backend call for
it (queue policies, topic policies, Prometheus workspaces) the stack alone holds it. Run: python moto_with_more_types.py -H … -p …
One file, because a launcher is run by its path, beside no package to import from.
"""

import ipaddress
import itertools
import json
import sys
import uuid
from typing import Any

from moto.awslambda.models import LambdaFunction, LayerVersion, lambda_backends
from moto.cloudformation import parsing
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models import ec2_backends
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.route_tables import RouteTable
from moto.ecs.models import Cluster, Service, TaskDefinition, ecs_backends
from moto.iam.models import ManagedPolicy
from moto.secretsmanager.models import secretsmanager_backends
from moto.server import main
from moto.servicediscovery.models import servicediscovery_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends


def define(kind: str, module: str, create: Any, delete: Any = None) -> type:
    """Registers `kind`: `create(properties, name, account, region)` answers with the physical id and the attributes."""

    class Resource(CloudFormationModel):
        # moto sorts models by the module that they come from.
        __module__ = module

        def __init__(self, physical_id: str, attributes: dict[str, Any], properties: dict[str, Any]) -> None:
            self.physical_resource_id = physical_id
            self.attributes = attributes
            # As they were resolved: what moto hands to a deletion still holds references.
            self.properties = properties

        @staticmethod
        def cloudformation_name_type() -> str:
            return ""

        @staticmethod
        def cloudformation_type() -> str:
            return kind

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return True

        def get_cfn_attribute(self, attribute: str) -> Any:
            if attribute not in self.attributes:
                raise ValueError(f"{kind} has no attribute {attribute} here")
            return self.attributes[attribute]

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            properties = cloudformation_json.get("Properties", {})
            return cls(*create(properties, resource_name, account_id, region_name), properties)

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            original_resource.delete(account_id, region_name)
            return cls.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )

        def delete(self, account_id: str, region_name: str) -> None:
            if delete is not None:
                delete(self.properties, self.physical_resource_id, account_id, region_name)

        @classmethod
        def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
            # moto comes here when delete() above raised an error of certain kinds, which it hides.
            raise RuntimeError(f"{kind} {resource_name} could not be deleted")

    Resource.__name__ = Resource.__qualname__ = kind.replace("::", "")
    return Resource


def kept_by_the_stack_alone(_properties: Any, name: str, _account: str, _region: str):
    return name, {"Arn": name, "Id": name}


def make_workspace(_properties, name, account, region):
    endpoint = f"https://aps-workspaces.{region}.amazonaws.com/workspaces/ws-{name}/"
    return name, {
        "Arn": f"arn:aws:aps:{region}:{account}:workspace/ws-{name}",
        "PrometheusEndpoint": endpoint,
    }


def create_secret(properties, name, account, region):
    generated = properties.get("GenerateSecretString")
    text = properties.get("SecretString")
    if generated is not None:
        # Not a password: what stands for one where nothing is run.
        value = "0" * int(generated.get("PasswordLength", 32))
        template = json.loads(generated.get("SecretStringTemplate", "{}"))
        key = generated.get("GenerateStringKey")
        text = value if key is None else json.dumps({**template, key: value})
    made = secretsmanager_backends[account][region].create_secret(
        properties.get("Name", name), text, None, properties.get("Description"), [], None, None, [], False
    )
    arn = json.loads(made)["ARN"]
    return arn, {"Id": arn}


def delete_secret(_properties, name, account, region):
    secretsmanager_backends[account][region].delete_secret(name, None, True)


def create_namespace(properties, _name, account, region):
    backend = servicediscovery_backends[account][region]
    backend.create_private_dns_namespace(
        properties["Name"], uuid.uuid4().hex, properties.get("Description"), properties["Vpc"], [], {}
    )
    namespace = next(one for one in backend.namespaces.values() if one.name == properties["Name"])
    return namespace.id, {"Arn": namespace.arn, "Id": namespace.id}


def create_discovery(properties, name, account, region):
    service = servicediscovery_backends[account][region].create_service(
        properties.get("Name", name),
        properties.get("NamespaceId"),
        uuid.uuid4().hex,
        properties.get("Description"),
        properties.get("DnsConfig"),
        properties.get("HealthCheckConfig"),
        properties.get("HealthCheckCustomConfig"),
        [],
        properties.get("Type"),
    )
    return service.id, {"Arn": service.arn, "Id": service.id, "Name": service.name}


def delete_namespace(_properties, name, account, region):
    servicediscovery_backends[account][region].delete_namespace(name)


def delete_discovery(_properties, name, account, region):
    servicediscovery_backends[account][region].delete_service(name)


def create_alarm(properties, name, account, region):
    alarm = cloudwatch_backends[account][region].put_metric_alarm(
        name=properties.get("AlarmName", name),
        namespace=properties.get("Namespace", ""),
        metric_name=properties.get("MetricName", ""),
        comparison_operator=properties["ComparisonOperator"],
        evaluation_periods=int(properties["EvaluationPeriods"]),
        period=int(properties.get("Period", 60)),
        threshold=float(properties.get("Threshold", 0)),
        statistic=properties.get("Statistic", ""),
        description=properties.get("AlarmDescription", ""),
        dimensions=properties.get("Dimensions", []),
        alarm_actions=properties.get("AlarmActions", []),
        ok_actions=properties.get("OKActions", []),
        treat_missing_data=properties.get("TreatMissingData"),
    )
    return alarm.name, {"Arn": alarm.alarm_arn}


def delete_alarm(_properties, name, account, region):
    cloudwatch_backends[account][region].delete_alarms([name])


def subscribe(properties, _name, account, region):
    made = sns_backends[account][region].subscribe(
        properties["TopicArn"], properties.get("Endpoint", ""), properties["Protocol"]
    )
    return made.arn, {"Arn": made.arn}


def unsubscribe(_properties, name, account, region):
    sns_backends[account][region].unsubscribe(name)


def configure_invocations(properties, _name, account, region):
    config = {key: value for key, value in properties.items() if key not in ("FunctionName", "Qualifier")}
    backend = lambda_backends[account][region]
    backend.put_function_event_invoke_config(properties["FunctionName"], config)
    return f"{properties['FunctionName']}|{properties['Qualifier']}", {}


def set_policy(properties, name, account, region):
    for url in properties["Queues"]:
        policy = {"Policy": json.dumps(properties["PolicyDocument"])}
        sqs_backends[account][region].set_queue_attributes(url.rsplit("/", 1)[1], policy)
    return name, {"Id": name}


def egress(properties, act):
    peer = properties.get("DestinationSecurityGroupId")
    prefix = properties.get("DestinationPrefixListId")
    return act(
        properties["GroupId"],
        str(properties["IpProtocol"]),
        properties.get("FromPort"),
        properties.get("ToPort"),
        [{"CidrIp": properties["CidrIp"]}] if "CidrIp" in properties else [],
        source_groups=[{"GroupId": peer}] if peer else [],
        prefix_list_ids=[{"PrefixListId": prefix}] if prefix else [],
    )


def open_egress(properties, name, account, region):
    egress(properties, ec2_backends[account][region].authorize_security_group_egress)
    return name, {"Id": name}


def close_egress(properties, _name, account, region):
    try:
        egress(properties, ec2_backends[account][region].revoke_security_group_egress)
    except InvalidSecurityGroupNotFoundError:
        # It went with its group.
        pass


more = [
    ("AWS::APS::RuleGroupsNamespace", "amp", kept_by_the_stack_alone),
    ("AWS::APS::Workspace", "amp", make_workspace),
    ("AWS::CloudWatch::Alarm", "cloudwatch", create_alarm, delete_alarm),
    ("AWS::EC2::SecurityGroupEgress", "ec2", open_egress, close_egress),
    ("AWS::Lambda::EventInvokeConfig", "awslambda", configure_invocations),
    ("AWS::S3::BucketPolicy", "s3", kept_by_the_stack_alone),
    ("AWS::SNS::Subscription", "sns", subscribe, unsubscribe),
    ("AWS::SNS::TopicPolicy", "sns", kept_by_the_stack_alone),
    ("AWS::SQS::QueuePolicy", "sqs", set_policy),
    ("AWS::SecretsManager::Secret", "secretsmanager", create_secret, delete_secret),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "servicediscovery", create_namespace, delete_namespace),
    ("AWS::ServiceDiscovery::Service", "servicediscovery", create_discovery, delete_discovery),
]


def delete_gateway(gateway: InternetGateway, account: str, region: str) -> None:
    backend = ec2_backends[account][region]
    if gateway.vpc is not None:
        backend.detach_internet_gateway(gateway.id, gateway.vpc.id)
    backend.delete_internet_gateway(gateway.id)


def deletions() -> dict[type, Any]:
    """How the resources end that moto creates from a template and leaves behind when the stack goes."""
    return {
        Cluster: lambda one, account, region: ecs_backends[account][region].delete_cluster(one.arn),
        InternetGateway: delete_gateway,
        LayerVersion: lambda one, account, region: (
            lambda_backends[account][region].delete_layer_version(one.name, str(one.version))
        ),
        ManagedPolicy: lambda one, _account, _region: one.backend.delete_policy(one.arn),
        RouteTable: lambda one, account, region: ec2_backends[account][region].delete_route_table(one.id),
        Service: lambda one, account, region: (
            ecs_backends[account][region].delete_service(one.cluster_name, one.name, True)
        ),
        TaskDefinition: lambda one, account, region: (
            ecs_backends[account][region].deregister_task_definition(one.arn)
        ),
    }


def replace_layer(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    original_resource.delete(account_id, region_name)
    return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)


def with_layers(create: Any) -> Any:
    """moto's creation of a function from a template, which forgets layers and architecture."""

    def complete(cls, resource_name, cloudformation_json, account_id, region_name, **more):
        function = create(cls, resource_name, cloudformation_json, account_id, region_name, **more)
        properties = cloudformation_json["Properties"]
        function.update_configuration({"Layers": properties.get("Layers", [])})
        function.architectures = properties.get("Architectures", function.architectures)
        return function

    return classmethod(complete)


def complete_moto() -> None:
    """Fills the gaps in types that moto knows."""
    for kind, delete in deletions().items():
        kind.delete = delete
    LayerVersion.physical_resource_id = property(lambda layer: layer.arn)
    LayerVersion.update_from_cloudformation_json = classmethod(replace_layer)
    create = LambdaFunction.create_from_cloudformation_json.__func__
    LambdaFunction.create_from_cloudformation_json = with_layers(create)
    # moto knows that it does not know these.
    parsing.NULL_MODELS.clear()
    parsing.clean_json = without_absent(with_cidr(parsing.clean_json))


def without_absent(clean: Any) -> Any:
    """moto's resolver of intrinsic functions, which leaves null in a list where AWS::NoValue leaves nothing."""

    def resolve(value: Any, resources: Any) -> Any:
        if not isinstance(value, list):
            return clean(value, resources)
        resolved = [(item, resolve(item, resources)) for item in value]
        return [
            result
            for item, result in resolved
            if result is not None or not (isinstance(item, dict) and {"Fn::If", "Ref"} & item.keys())
        ]

    return resolve


def with_cidr(clean: Any) -> Any:
    """moto's resolver of intrinsic functions, with Fn::Cidr, which it lacks."""

    def resolve(value: Any, resources: Any) -> Any:
        if not (isinstance(value, dict) and "Fn::Cidr" in value):
            return clean(value, resources)
        block, count, bits = clean(value["Fn::Cidr"], resources)
        parts = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(part) for part in itertools.islice(parts, int(count))]

    return resolve


if __name__ == "__main__":
    complete_moto()
    kept = [define(kind, f"moto.{service}.more", *calls) for kind, service, *calls in more]
    main(sys.argv[1:])
