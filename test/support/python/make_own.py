"""Makes, in a simulated AWS, what examples take for granted: a network, a cluster, a listener, secrets. Prints parameters as JSON."""

import json
import os

import boto3

# Empty means none, which boto3 takes for a name.
for name in ("AWS_CA_BUNDLE", "AWS_PROFILE"):
    if not os.environ.get(name):
        os.environ.pop(name, None)
ec2 = boto3.client("ec2")
elbv2 = boto3.client("elbv2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"][:2]]
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    for index, zone in enumerate(zones)
]
group = ec2.create_security_group(GroupName="balancer", Description="Load balancer", VpcId=vpc)["GroupId"]
balancer = elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
listener = elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[answer])
boto3.client("ecs").create_cluster(clusterName="shop")
secret = boto3.client("secretsmanager").create_secret(
    Name="own", SecretString=json.dumps({"username": "u", "password": "p"})
)["ARN"]
print(
    json.dumps(
        {
            "VpcId": vpc,
            "TaskSubnetIds": ",".join(subnets),
            "FunctionSubnetIds": ",".join(subnets),
            "ListenerArn": listener["Listeners"][0]["ListenerArn"],
            "LoadBalancerSecurityGroupId": group,
            "PushgatewaySecretArn": secret,
            "RedisSecretArn": secret,
        }
    )
)
