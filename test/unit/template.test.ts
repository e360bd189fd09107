// What every service, secret, rule, permission and name of the packaged template must be. One file, since every part of
// it reads the same template.
import { resolve, type Stack } from '../../infra/template/stack.ts';
import {
  flatten,
  type Item,
  items,
  ofType,
  references,
  resources,
  strings,
  template,
} from '../support/template.ts';

const services = ofType('AWS::ECS::Service');
const tasks = ofType('AWS::ECS::TaskDefinition');
const containers = tasks.flatMap((task) =>
  items(task.properties.ContainerDefinitions).map((container) => ({
    name: `${task.id} ${String(container.Name)}`,
    container,
  })),
);
/** They run once before the others. */
const initial = containers.filter(({ container }) =>
  ['config', 'install'].includes(String(container.Name)),
);
const lasting = containers.filter((one) => !initial.includes(one));

it('the template holds what these tests look at', () => {
  expect(services.map(({ id }) => id)).toEqual([
    'WebService',
    'RedisService',
    'PrometheusService',
    'GrafanaService',
  ]);
  expect(lasting).toHaveLength(9);
  expect(initial).toHaveLength(5);
});

describe.each(services)('$id', ({ id, properties }) => {
  it('rolls a bad deployment back, and keeps what must be kept running', () => {
    const several = id === 'WebService';
    expect(properties).toMatchObject({
      AvailabilityZoneRebalancing: several ? 'ENABLED' : 'DISABLED',
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MaximumPercent: several ? 200 : 100,
        MinimumHealthyPercent: several ? 100 : 0,
      },
      DesiredCount: several ? { Ref: 'WebDesiredCount' } : 1,
    });
  });

  it('hands its tags on, and opens shells only by parameter', () => {
    expect(properties).toMatchObject({
      EnableECSManagedTags: true,
      EnableExecuteCommand: {
        'Fn::If': [id === 'GrafanaService' ? 'OpenGrafanaShell' : 'OpenShells', true, false],
      },
      PlatformVersion: 'LATEST',
      PropagateTags: 'SERVICE',
    });
  });
});

it('no task starts before the way to its image is there', () => {
  for (const { id, properties } of services) {
    const tag = items(properties.Tags).find(({ Key }) => Key === 'fargaze:network');
    expect([id, references(tag)]).toEqual([id, ['PublicRoutesA', 'PublicRoutesB']]);
  }
  for (const id of ['PublicRoutesA', 'PublicRoutesB']) {
    expect(template.Resources[id]).toMatchObject({ DependsOn: ['InternetRoute'] });
  }
});

describe.each(tasks)('$id', ({ properties }) => {
  it('runs on Fargate, on ARM64 or what the parameter says, in a network of its own', () => {
    expect(properties).toMatchObject({
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: { Ref: 'CpuArchitecture' } },
    });
    expect(template.Parameters.CpuArchitecture?.Default).toBe('ARM64');
  });
});

it('every task and every function has roles that nothing else has', () => {
  const roles = [
    ...tasks.flatMap(({ properties }) => references(properties.ExecutionRoleArn)),
    ...tasks.flatMap(({ properties }) => references(properties.TaskRoleArn)),
    ...ofType('AWS::Lambda::Function').flatMap(({ properties }) => references(properties.Role)),
  ];
  expect(roles).toHaveLength(2 * tasks.length + 6);
  expect(new Set(roles).size).toBe(roles.length);
  for (const role of roles) expect(template.Resources[role]?.Type).toBe('AWS::IAM::Role');
});

describe.each(containers)('$name', ({ container }) => {
  it('has a read-only root, no capability, an init process and a log', () => {
    expect(container).toMatchObject({
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
      LogConfiguration: { LogDriver: 'awslogs', Options: { mode: 'non-blocking' } },
      // ECS Exec, which the door is for, is not supported on a read-only root.
      ReadonlyRootFilesystem: container.Name !== 'door',
    });
    const [group = ''] = references(container.LogConfiguration);
    expect(template.Resources[group]?.Type).toBe('AWS::Logs::LogGroup');
  });

  it('is not root, but for config, which opens volumes and ends', () => {
    if (container.Name === 'config') {
      expect(container).toMatchObject({ Essential: false, User: '0' });
    } else {
      expect(container.User).toMatch(/^[1-9]\d*:\d+$/);
    }
  });

  it('takes its image from a parameter that pins a version and may pin a digest', () => {
    const parameters = references(container.Image).filter((name) => name.endsWith('Image'));
    expect(parameters.length).toBeGreaterThan(0);
    for (const name of parameters) {
      const { AllowedPattern, Default } = template.Parameters[name] ?? {};
      const pattern = new RegExp(String(AllowedPattern));
      expect(pattern.test('registry.example:5000/a/b:1.2@sha256:'.concat('0'.repeat(64)))).toBe(
        true,
      );
      expect(pattern.test('a/b@sha256:'.concat('0'.repeat(64)))).toBe(true);
      expect(pattern.test('a/b:latest@sha256:'.concat('0'.repeat(64)))).toBe(false);
      expect(pattern.test('a/b')).toBe(false);
      expect(pattern.test('a/b:latest')).toBe(false);
      expect(pattern.test(String(Default))).toBe(true);
    }
  });
});

it.each(lasting)('$name has a health check and time to stop', ({ container }) => {
  const { Command } = container.HealthCheck as { readonly Command: readonly string[] };
  expect(Command[0]).toMatch(/^CMD(-SHELL)?$/);
  expect(container.StopTimeout).toBeGreaterThan(0);
});

it('every log is kept for as long as the parameter says', () => {
  const groups = ofType('AWS::Logs::LogGroup');
  expect(groups).toHaveLength(10);
  for (const { properties } of groups) {
    expect(properties.RetentionInDays).toEqual({ Ref: 'LogRetentionDays' });
  }
});

describe('secrets', () => {
  const secrets = new Set([
    'RedisSecretArn',
    'PushgatewaySecretArn',
    'RemoteWriteSecretArn',
    'AlertOpsgenieSecretArn',
    'AlertPagerDutySecretArn',
    'AlertSlackSecretArn',
    'AlertTeamsSecretArn',
    'AlertWebhookSecretArn',
    ...ofType('AWS::SecretsManager::Secret').map(({ id }) => id),
  ]);

  it('that are referenced exist, and none exists for nothing', () => {
    const used = [
      ...containers.flatMap(({ container }) => items(container.Secrets)).flatMap(references),
      ...strings(ofType('AWS::Lambda::Function'))
        .flatMap((text) => [...text.matchAll(/resolve:secretsmanager:\$\{(\w+)\}/g)])
        .map(([, name = '']) => name),
    ];
    expect(new Set(used)).toEqual(secrets);
  });

  it('that a function refers to by name stand beside the reference, from Secrets Manager', () => {
    const found = ofType('AWS::Lambda::Function').flatMap(({ id, properties }) => {
      const { Variables } = properties.Environment as { readonly Variables: Item };
      return strings(Object.values(Variables))
        .flatMap((text) => /^env:(\w+)$/.exec(text)?.[1] ?? [])
        .map((name) => ({ name: `${id} ${name}`, texts: strings([Variables[name]]) }));
    });
    expect(found.map(({ name }) => name)).toEqual([
      'DeliverLambdaFunction PUSHGATEWAY_PASSWORD',
      'DeliverLambdaFunction REMOTE_WRITE_PASSWORD',
      'JanitorLambdaFunction PUSHGATEWAY_PASSWORD',
    ]);
    for (const { texts } of found) {
      expect(texts).toContainEqual(expect.stringMatching(/resolve:secretsmanager:.*:password}}$/));
    }
  });

  it('stand in no environment, command or default in the clear', () => {
    const named = /PASSWORD|PASSWD|SECRET|CREDENTIAL|API_?KEY/i;
    const plain = containers.flatMap(({ container }) =>
      items(container.Environment).filter(({ Name }) => named.test(String(Name))),
    );
    expect(plain).toEqual([]);
    const defaults = Object.entries(template.Parameters).filter(
      ([name, { Default }]) => named.test(name) && Default !== '',
    );
    expect(defaults).toEqual([]);
    const addresses = strings(resources).filter((text) =>
      /:\/\/[^/@\s:]*:(?!\{\{resolve:)[^/@\s]+@/.test(text),
    );
    expect(addresses).toEqual([]);
  });

  it('are generated, and long', () => {
    for (const { properties } of ofType('AWS::SecretsManager::Secret')) {
      expect(properties.GenerateSecretString).toMatchObject({ PasswordLength: 40 });
      expect(properties.SecretString).toBeUndefined();
    }
  });
});

describe('security groups', () => {
  const rules = [
    ...ofType('AWS::EC2::SecurityGroupIngress'),
    ...ofType('AWS::EC2::SecurityGroupEgress'),
    ...ofType('AWS::EC2::SecurityGroup').flatMap(({ id, properties }) =>
      [...items(properties.SecurityGroupEgress), ...items(properties.SecurityGroupIngress)].map(
        (rule) => ({ id, properties: rule }),
      ),
    ),
  ];

  it('describe every rule and name what may leave', () => {
    expect(rules.length).toBeGreaterThan(25);
    for (const { id, properties } of rules) {
      expect([id, properties.Description]).toEqual([id, expect.stringMatching(/^\w.{5,}/)]);
      expect([id, properties.IpProtocol]).toEqual([id, 'tcp']);
    }
    for (const { id, properties } of ofType('AWS::EC2::SecurityGroup')) {
      expect([id, flatten(properties.SecurityGroupEgress).length > 0]).toEqual([id, true]);
    }
  });

  it('let nothing more out of the tasks of others that are scraped', () => {
    const [scraped] = ofType('AWS::EC2::SecurityGroup').filter(
      ({ id }) => id === 'ScrapedSecurityGroup',
    );
    expect(items(scraped?.properties.SecurityGroupEgress)).toMatchObject([
      { CidrIp: '127.0.0.1/32' },
    ]);
    expect(
      ofType('AWS::EC2::SecurityGroupEgress').map(({ properties }) => properties.GroupId),
    ).not.toContainEqual({ Ref: 'ScrapedSecurityGroup' });
  });

  it('admit only groups, but for readers of the load balancer', () => {
    const open = ofType('AWS::EC2::SecurityGroupIngress').filter(
      ({ properties }) => properties.SourceSecurityGroupId === undefined,
    );
    expect(open.map(({ id, properties }) => [id, properties.CidrIp])).toEqual([
      ['ClientsToLoadBalancer', { Ref: 'GrafanaCidr' }],
    ]);
  });
});

describe('permissions', () => {
  /** Statements on more than one named thing, with the reason. */
  const allowed: Readonly<Record<string, string>> = {
    'EcsBridgeRole ListClusters': 'the call knows no resource',
    'EcsBridgeRole ListMetrics': 'the call knows no resource',
    'EcsBridgeRole ReadClusters': 'fargaze.yml asks for every cluster of the account',
    'EcsBridgeRole ReadMetrics': 'the call knows no resource',
    'EcsBridgeRole ReadDeployments':
      'a deployment is named by its service, of which fargaze.yml asks for all',
    'EcsBridgeRole ReadRevisions':
      'a revision is named by its service, of which fargaze.yml asks for all',
    'EcsBridgeRole ReadServicesAndTasks':
      'lists are authorized on container instances; a condition names the clusters',
    'DeliverRole AttachToVpc': 'the interfaces do not exist beforehand',
    'DeliverRole RefuseToCode': 'it denies',
    'JanitorRole AttachToVpc': 'the interfaces do not exist beforehand',
    'JanitorRole RefuseToCode': 'it denies',
    'OpenExecChannel OpenChannels': 'the calls know no resource',
    'PrometheusTaskRole FindAddresses': 'the calls know no resource',
    'PrometheusTaskRole ReadServicesAndTasks':
      'lists are authorized on container instances; a condition names the cluster',
    'PullOwnImages LogIn': 'the call knows no resource',
    'PullOwnImages Pull': 'an image parameter names repository, account and region',
    'RedisProbeRole AttachToVpc': 'the interfaces do not exist beforehand',
    'RedisProbeRole RefuseToCode': 'it denies',
    'WebProbeVpcRole AttachToVpc': 'the interfaces do not exist beforehand',
    'WebProbeVpcRole RefuseToCode': 'it denies',
  };

  function documents({ properties }: { readonly properties: Item }): Item[] {
    const inline = items(properties.Policies).map(({ PolicyDocument }) => PolicyDocument);
    return [...inline, properties.PolicyDocument].filter((one) => one !== undefined) as Item[];
  }

  const statements = resources
    .filter(({ type }) => ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy'].includes(type))
    .flatMap((resource) =>
      documents(resource).flatMap(({ Statement }) =>
        items(Statement).map((statement) => ({
          name: `${resource.id} ${String(statement.Sid)}`,
          statement,
        })),
      ),
    );

  it('use a wildcard only where the list says why', () => {
    const wide = statements
      .filter(({ statement }) => strings(statement.Resource).some((text) => text.endsWith('*')))
      .map(({ name }) => name);
    expect([...new Set(wide)].sort()).toEqual(Object.keys(allowed).sort());
  });

  it('let Prometheus make every call of its discovery: one that is refused hides the whole cluster', () => {
    const own = statements.filter(({ name }) => name.startsWith('PrometheusTaskRole '));
    // discovery/aws/ecs.go of Prometheus 3.15
    expect(own.flatMap(({ statement }) => strings(statement.Action))).toEqual(
      expect.arrayContaining([
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkInterfaces',
        'ecs:DescribeClusters',
        'ecs:DescribeContainerInstances',
        'ecs:DescribeServices',
        'ecs:DescribeTasks',
        'ecs:ListServices',
        'ecs:ListTasks',
      ]),
    );
  });

  it('name actions one by one', () => {
    expect(statements.length).toBeGreaterThan(30);
    expect(
      statements.filter(({ statement }) =>
        strings(statement.Action).some((text) => text.includes('*')),
      ),
    ).toEqual([]);
  });
});

it('no name keeps a second stack out of the account', () => {
  const names = [
    'ClusterName',
    'ServiceName',
    'RoleName',
    'ManagedPolicyName',
    'QueueName',
    'TopicName',
    'AlarmName',
    'GroupName',
    'BucketName',
    'DBName',
  ];
  const fixed = resources.flatMap(({ id, properties }) =>
    names.filter((name) => properties[name] !== undefined).map((name) => `${id}.${name}`),
  );
  expect(fixed).toEqual([]);
  const families = [
    ...tasks.map(({ properties }) => properties.Family),
    ...ofType('AWS::Logs::LogGroup').map(({ properties }) => properties.LogGroupName),
  ];
  for (const family of families) {
    expect(JSON.stringify(family)).toMatch(/\$\{AWS::StackName\}|fargaze-dev-/);
  }
  for (const { properties } of ofType('AWS::ServiceDiscovery::PrivateDnsNamespace')) {
    expect(properties.Name).toEqual({ Ref: 'NamespaceName' });
  }
  for (const type of [
    'AWS::SecretsManager::Secret',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::ElasticLoadBalancingV2::TargetGroup',
  ]) {
    for (const { properties } of ofType(type)) expect(properties.Name).toBeUndefined();
  }
});

/** Volumes that images declare (their Dockerfiles): Fargate hands such a path over with the image's owner and content. */
const declaredVolumes: Readonly<Record<string, readonly string[]>> = {
  AlertmanagerImage: ['/alertmanager'],
  GrafanaImage: [],
  PrometheusImage: ['/prometheus'],
  PushgatewayImage: ['/pushgateway'],
  PythonImage: [],
  RedisExporterImage: [],
  RedisImage: ['/data'],
  ConfigImage: [],
  // infra/web/Dockerfile
  WebImage: ['/metrics'],
};

it('no volume is at a path that an image of its task declares: root could not open it', () => {
  const wrong = tasks.flatMap(({ id, properties }) => {
    const all = items(properties.ContainerDefinitions);
    const declared = new Set(
      all.flatMap(({ Image }) => references(Image)).flatMap((name) => declaredVolumes[name] ?? []),
    );
    const paths = all.flatMap(({ MountPoints }) => items(MountPoints));
    return paths
      .map(({ ContainerPath }) => String(ContainerPath))
      .filter((path) => declared.has(path))
      .map((path) => `${id} ${path}`);
  });
  expect(Object.keys(declaredVolumes)).toEqual(
    expect.arrayContaining(
      [...new Set(containers.flatMap(({ container }) => references(container.Image)))].filter(
        (name) => name.endsWith('Image'),
      ),
    ),
  );
  expect(wrong).toEqual([]);
});

it('the name of a service is forgotten within seconds of its absence', () => {
  const [namespace] = ofType('AWS::ServiceDiscovery::PrivateDnsNamespace');
  expect(namespace?.properties.Properties).toEqual({ DnsProperties: { SOA: { TTL: 5 } } });
});

it('a sidecar that dies early is restarted: the longest wait is a minute', () => {
  const restarted = containers.filter(({ container }) => container.RestartPolicy !== undefined);
  expect(restarted.map(({ container }) => container.Name).sort()).toEqual([
    'alertmanager',
    'door',
    'exporter',
    'exporter',
    'pushgateway',
  ]);
  for (const { container } of restarted) {
    expect(container.RestartPolicy).toEqual({ Enabled: true, RestartAttemptPeriod: 60 });
  }
});

it('Grafana has the time and the processor to migrate an empty database', () => {
  const [grafana] = containers.filter(({ container }) => container.Name === 'grafana');
  expect(grafana?.container.HealthCheck).toMatchObject({ StartPeriod: 300 });
  expect(Number(template.Parameters.GrafanaCpu?.Default)).toBe(512);
  expect(grafana?.container.Environment).toContainEqual({
    Name: 'GF_PLUGINS_PREINSTALL_DISABLED',
    Value: { 'Fn::If': ['FetchPlugin', 'false', 'true'] },
  });
  const [service] = services.filter(({ id }) => id === 'GrafanaService');
  expect(flatten(service?.properties.HealthCheckGracePeriodSeconds)).toEqual([300]);
});

it.each([
  { GrafanaPlugin: 'fetch', plugins: '/data/plugins', fetched: true, disabled: 'false' },
  { GrafanaPlugin: 'image', plugins: '/var/lib/grafana/plugins', fetched: false, disabled: 'true' },
])('the plugin for Amazon Managed Prometheus comes by $GrafanaPlugin', (expected) => {
  const { GrafanaPlugin } = expected;
  const values = { LongTermStorage: 'amp', GrafanaImage: 'own/grafana:1', GrafanaPlugin };
  const whole = { template: template as unknown as Stack['template'], values };
  const task = resolve(whole, template.Resources.GrafanaTaskDefinition?.Properties) as Item;
  const grafana = items(task.ContainerDefinitions).find(({ Name }) => Name === 'grafana');
  const variables = new Map(items(grafana?.Environment).map(({ Name, Value }) => [Name, Value]));
  expect(variables.get('GF_PATHS_PLUGINS')).toBe(expected.plugins);
  expect(variables.has('GF_PLUGINS_PREINSTALL_SYNC')).toBe(expected.fetched);
  expect(variables.get('GF_PLUGINS_PREINSTALL_DISABLED')).toBe(expected.disabled);
  expect(variables.get('GF_AUTH_SIGV4_AUTH_ENABLED')).toBe('true');
});

it('Grafana has a door of its own where there is no load balancer, on a root that can be written', () => {
  const task = tasks.find(({ id }) => id === 'GrafanaTaskDefinition');
  const list = task?.properties.ContainerDefinitions as readonly Item[];
  expect(list.at(-1)).toMatchObject({ 'Fn::If': ['HasNoLoadBalancer', { Name: 'door' }, {}] });
  const { GrafanaPortForward } = (template as unknown as { readonly Outputs: Item }).Outputs as {
    readonly GrafanaPortForward: Item;
  };
  expect(JSON.stringify(GrafanaPortForward.Value)).toContain("name=='door'");
});

it('capacity providers are named only where Spot is asked for', () => {
  const [cluster] = ofType('AWS::ECS::Cluster');
  expect(cluster?.properties.CapacityProviders).toMatchObject({ 'Fn::If': ['WebOnSpot', {}, {}] });
});

it('there is no wait condition: CloudFormation cannot update one', () => {
  expect(ofType('AWS::CloudFormation::WaitConditionHandle')).toEqual([]);
  const listener = services
    .filter(({ id }) => id === 'GrafanaService')
    .flatMap(({ properties }) => items(properties.Tags))
    .flatMap(references);
  expect(listener).toEqual(expect.arrayContaining(['Listener', 'ListenerRule']));
});

describe('functions inside the network', () => {
  const attach = ['DeliverRole', 'JanitorRole', 'RedisProbeRole', 'WebProbeVpcRole'];

  it.each(attach)('%s may manage interfaces always, and its code never', (id) => {
    const [policy] = ofType('AWS::IAM::Role')
      .filter((role) => role.id === id)
      .flatMap(({ properties }) => properties.Policies as readonly Item[]);
    const document = policy?.PolicyDocument as { readonly Statement: readonly Item[] } | undefined;
    const plain = (document?.Statement ?? []).filter(({ Sid }) => Sid !== undefined);
    const allowed = plain.find(({ Sid }) => Sid === 'AttachToVpc');
    const denied = plain.find(({ Sid }) => Sid === 'RefuseToCode');
    expect(allowed?.Effect).toBe('Allow');
    expect(denied).toMatchObject({ Effect: 'Deny', Action: allowed?.Action });
    const [arn = ''] = strings(denied?.Condition);
    const names = ofType('AWS::Lambda::Function')
      .filter(({ properties }) => references(properties.Role).includes(id))
      .map(({ properties }) => String(properties.FunctionName));
    expect(names).toEqual([arn.slice(arn.lastIndexOf(':') + 1)]);
  });
});

it.each(['Prometheus', 'Grafana'])('an alarm watches that %s runs, by free metrics', (name) => {
  const alarm = ofType('AWS::CloudWatch::Alarm').find(({ id }) => id === `${name}Missing`);
  expect(alarm?.properties).toMatchObject({
    Namespace: 'AWS/ECS',
    Statistic: 'SampleCount',
    TreatMissingData: 'breaching',
    ComparisonOperator: 'LessThanThreshold',
  });
  expect(references(alarm?.properties.Dimensions)).toContain(`${name}Service`);
});
