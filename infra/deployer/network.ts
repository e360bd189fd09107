// What whoever deploys may do with the network and with what runs in it.
import { any, type Grant, grant, stack, tags } from './grant.ts';

const service = [`ecs:*:*:service/*/${stack}`];

/** The network, the cluster with its services, names and the load balancer. */
export const networkGrants: readonly Grant[] = [
  grant('AWS::EC2::VPC', any, [
    ...['CreateTags', 'CreateVpc', 'DeleteTags', 'DeleteVpc', 'DescribeAvailabilityZones'],
    ...['DescribeNetworkAcls', 'DescribeNetworkInterfaces', 'DescribeSecurityGroups'],
    ...['DescribeVpcAttribute', 'DescribeVpcs', 'ModifyVpcAttribute'],
  ]),
  grant('AWS::EC2::InternetGateway', any, [
    ...['CreateInternetGateway', 'DeleteInternetGateway', 'DescribeInternetGateways'],
  ]),
  grant('AWS::EC2::VPCGatewayAttachment', any, [
    ...['AttachInternetGateway', 'DescribeInternetGateways', 'DescribeVpnGateways'],
    'DetachInternetGateway',
  ]),
  // Fn::GetAZs asks for the account's attributes too.
  grant('AWS::EC2::Subnet', any, [
    ...['CreateSubnet', 'DeleteSubnet', 'DescribeAccountAttributes', 'DescribeSubnets'],
    'ModifySubnetAttribute',
  ]),
  grant('AWS::EC2::RouteTable', any, [
    'CreateRouteTable',
    'DeleteRouteTable',
    'DescribeRouteTables',
  ]),
  grant('AWS::EC2::Route', any, ['CreateRoute', 'DeleteRoute', 'ReplaceRoute']),
  grant('AWS::EC2::SubnetRouteTableAssociation', any, [
    ...['AssociateRouteTable', 'DisassociateRouteTable', 'ReplaceRouteTableAssociation'],
  ]),
  grant('AWS::EC2::SecurityGroup', any, [
    ...['CreateSecurityGroup', 'DeleteSecurityGroup', 'DescribeSecurityGroupRules'],
    ...['DescribeSecurityGroups'],
  ]),
  grant('AWS::EC2::SecurityGroupIngress', any, [
    ...['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'],
    ...['UpdateSecurityGroupRuleDescriptionsIngress'],
  ]),
  grant('AWS::EC2::SecurityGroupEgress', any, [
    ...['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress'],
    ...['UpdateSecurityGroupRuleDescriptionsEgress'],
  ]),
  grant(
    'AWS::ECS::Cluster',
    [`ecs:*:*:cluster/${stack}`],
    [
      ...['CreateCluster', 'DeleteCluster', 'DescribeClusters', 'PutClusterCapacityProviders'],
      ...[...tags, 'UpdateCluster'],
    ],
  ),
  // Deregistering and describing know no resource.
  grant('AWS::ECS::TaskDefinition', any, [
    ...['DeregisterTaskDefinition', 'DescribeTaskDefinition', 'RegisterTaskDefinition'],
    'TagResource',
  ]),
  // Of a cluster of your own too.
  grant('AWS::ECS::Service', service, [
    ...['CreateService', 'DeleteService', 'DescribeServices', 'ListServiceDeployments'],
    ...['UpdateService', ...tags],
  ]),
  grant(
    'AWS::ECS::Service',
    [...service, `ecs:*:*:service-deployment/*/${stack}`, `ecs:*:*:service-revision/*/${stack}`],
    ['DescribeServiceDeployments', 'DescribeServiceRevisions'],
  ),
  grant('AWS::ElasticLoadBalancingV2::LoadBalancer', any, [
    ...['AddTags', 'CreateLoadBalancer', 'DeleteLoadBalancer', 'DescribeCapacityReservation'],
    ...['DescribeLoadBalancerAttributes', 'DescribeLoadBalancers', 'DescribeTags'],
    ...['ModifyLoadBalancerAttributes', 'RemoveTags', 'SetSecurityGroups', 'SetSubnets'],
    'ec2:GetSecurityGroupsForVpc',
  ]),
  grant('AWS::ElasticLoadBalancingV2::TargetGroup', any, [
    ...['AddTags', 'CreateTargetGroup', 'DeleteTargetGroup', 'DescribeTags'],
    ...['DescribeTargetGroupAttributes', 'DescribeTargetGroups', 'DescribeTargetHealth'],
    ...['ModifyTargetGroup', 'ModifyTargetGroupAttributes', 'RemoveTags'],
  ]),
  grant('AWS::ElasticLoadBalancingV2::Listener', any, [
    ...['CreateListener', 'DeleteListener', 'DescribeListenerAttributes', 'DescribeListeners'],
    'ModifyListener',
  ]),
  grant('AWS::ElasticLoadBalancingV2::ListenerRule', any, [
    ...['CreateRule', 'DeleteRule', 'DescribeRules', 'ModifyRule'],
  ]),
  grant('AWS::ServiceDiscovery::PrivateDnsNamespace', any, [
    ...['CreatePrivateDnsNamespace', 'DeleteNamespace', 'GetNamespace', 'GetOperation', ...tags],
    ...['UpdatePrivateDnsNamespace', 'route53:AssociateVPCWithHostedZone'],
    ...['route53:CreateHostedZone', 'route53:DeleteHostedZone', 'route53:ListHostedZonesByName'],
  ]),
  grant('AWS::ServiceDiscovery::Service', any, [
    ...['CreateService', 'DeleteService', 'GetService', 'UpdateService', ...tags],
  ]),
  grant('AWS::Route53::RecordSet', any, [
    ...['ChangeResourceRecordSets', 'GetChange', 'GetHostedZone', 'ListResourceRecordSets'],
  ]),
];
