// `fargaze import`: files of other tools, in the shapes of their own examples, become a configuration that compiles; nothing is
// lost without a word, and nothing is written over.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { issueCertificate } from '../support/certificates.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const imported = (...args: string[]) => runCli(['import', ...args], { cwd: folder });
const config = () => readConfigFile(join(folder, 'fargaze.yml'));

const blackbox = `modules:
  http_2xx_example:
    prober: http
    timeout: 5s
    http:
      valid_http_versions: ["HTTP/1.1", "HTTP/2.0"]
      fail_if_header_matches:
        - { header: Set-Cookie, allow_missing: true, regexp: '.*' }
      preferred_ip_protocol: ip4
  login: { prober: http, http: { basic_auth: { username: me, password: planted77 } } }
  smtp: { prober: tcp, tcp: { query_response: [{ expect: "^220 ([^ ]+) ESMTP (.+)$" }, { send: "EHLO prober\\r" }, { starttls: true }] } }
  icmp_example: { prober: icmp, icmp: { preferred_ip_protocol: ip4 } }
  soa: { prober: dns, dns: { query_name: prometheus.io, query_type: SOA } }
`;

const prometheus = `global: { scrape_interval: 15s }
scrape_configs:
  - job_name: blackbox
    metrics_path: /probe
    params: { module: [http_2xx_example] }
    static_configs:
      - targets: [https://prometheus.io, "http://example.com:8080/a?b=1"]
    relabel_configs: [{ source_labels: [__address__], target_label: __param_target }]
  - job_name: slow
    scrape_interval: 150s
    metrics_path: /probe
    params: { module: [soa] }
    static_configs: [{ targets: ["9.9.9.9:53"] }]
  - job_name: files
    metrics_path: /probe
    file_sd_configs: [{ files: [a.json] }]
  - job_name: node
    static_configs: [{ targets: ["a:9100"] }]
`;

it('a blackbox.yml stays what it is, and a prometheus.yml says what to probe', async () => {
  write('blackbox.yml', blackbox);
  write('prometheus.yml', prometheus);
  const { code, err, out } = await imported('blackbox.yml', 'prometheus.yml');
  expect([code, out]).toEqual([0, '']);
  expect(err).toContain('prometheus.yml: job files: left out: targets of file_sd_configs');
  expect(err).toMatch(/modules\.icmp_example\.prober \(line \d+\): left out/);
  expect(readdirSync(folder).sort()).toEqual(['blackbox.yml', 'fargaze.yml', 'prometheus.yml']);
  expect(
    config().probes.map(({ interval, job, module, name, target }) => [
      name,
      module,
      target,
      job,
      interval,
    ]),
  ).toEqual([
    ['prometheus.io', 'http_2xx_example', 'https://prometheus.io', 'blackbox', 60],
    ['example.com-8080-a', 'http_2xx_example', 'http://example.com:8080/a?b=1', 'blackbox', 60],
    ['9.9.9.9-53', 'soa', '9.9.9.9:53', 'slow', 180],
  ]);
  const checked = await runCli(['check'], { cwd: folder });
  expect(checked.code).toBe(0);
});

it('a file that a module names beside its blackbox.yml is found from the file that is written', async () => {
  mkdirSync(join(folder, 'bb'));
  write('bb/ca.pem', issueCertificate({ commonName: 'authority', ca: true }).cert);
  write(
    'bb/blackbox.yml',
    'modules: { login: { prober: http, http: { basic_auth: { username: me, password: planted77 }, tls_config: { ca_file: ca.pem } } } }',
  );
  write(
    'prometheus.yml',
    'scrape_configs: [{ job_name: a, metrics_path: /probe, params: { module: [login] }, static_configs: [{ targets: [https://a.example.com] }] }]',
  );
  const { code, err } = await imported('bb/blackbox.yml', 'prometheus.yml');
  expect([code, err]).toEqual([0, expect.not.stringContaining('left out')]);
  expect(readFileSync(join(folder, 'fargaze.blackbox.yml'), 'utf8')).toContain(
    'ca_file: bb/ca.pem',
  );
  expect(config().probes).toHaveLength(1);
});

it('labels of targets go to their alerts, and what is otherwise here is said', async () => {
  write(
    'prometheus.yml',
    `scrape_configs:
  - job_name: web
    scrape_interval: 30s
    metrics_path: /probe
    params: { module: [http_2xx], hostname: [a.example.com] }
    static_configs:
      - { targets: [https://a.example.com], labels: { team: shop, severity: page } }
      - { targets: [https://b.example.com, https://a.example.com], labels: { team: pay } }
      - { targets: [https://c.example.com], labels: { team: shop } }
`,
  );
  const { code, err } = await imported('prometheus.yml');
  expect(code).toBe(0);
  expect(config().probes.map(({ labels, name }) => [name, labels])).toEqual([
    ['a.example.com', { team: 'shop' }],
    ['c.example.com', { team: 'shop' }],
    ['b.example.com', { team: 'pay' }],
  ]);
  expect(err.split('\n').filter((line) => line.includes('job web'))).toEqual([
    'prometheus.yml: job web: got scrape_interval 30s: probed every 1m, which is the least',
    'prometheus.yml: job web: params.hostname: left out; want it in the module',
    'prometheus.yml: job web: labels severity: left out; alerts have them themselves',
  ]);
});

it('of a blackbox.yml with a module that is refused, the others are written out', async () => {
  write('blackbox.yml', `${blackbox}  odd: { prober: http, http: { from_the_future: true } }\n`);
  const { code, err } = await imported('blackbox.yml', '--target', 'https://a.example.com/health');
  expect(code).toBe(0);
  // The line is the one of the file that was given.
  expect(err).toMatch(
    /blackbox\.yml: modules\.odd: left out: modules\.odd\.http\.from_the_future \(line 14\): unknown key/,
  );
  expect(err).not.toContain('planted77');
  const { modules, probes } = config();
  expect(Object.keys(modules)).toEqual(expect.arrayContaining(['http_2xx_example', 'smtp', 'soa']));
  expect(probes.map(({ name }) => name)).toEqual(['a.example.com-health']);
  // To a terminal no second file goes.
  const shown = await imported('blackbox.yml', '-o', '-');
  expect([shown.code, shown.out]).toEqual([2, '']);
});

it('a module takes its secret by reference; probes of a module that is not there are left out, with the reason', async () => {
  write('blackbox.yml', blackbox);
  write(
    'prometheus.yml',
    'scrape_configs: [{ job_name: a, metrics_path: /probe, params: { module: [login] }, static_configs: [{ targets: [https://a.example.com] }] }, { job_name: b, metrics_path: /probe, params: { module: [gone] }, static_configs: [{ targets: [https://b.example.com, https://c.example.com] }] }]',
  );
  const { code, err } = await imported('blackbox.yml', 'prometheus.yml');
  expect(code).toBe(0);
  expect(err).toMatch(
    /modules\.login\.http\.basic_auth\.password: a secret, .* variable LOGIN_PASSWORD of the functions/,
  );
  expect(config().probes).toMatchObject([
    { module: 'login', target: expect.stringContaining('a.example.com') },
  ]);
  expect(err).toMatch(/probes of module gone \(b\.example\.com, c\.example\.com\): left out: /);
  // One reason for both targets is named once.
  expect(err.split('unknown module "gone"')).toHaveLength(2);
});

it('a target that is refused does not take its neighbours with it', async () => {
  write('blackbox.yml', 'modules: { web: { prober: http } }\n');
  write(
    'prometheus.yml',
    `scrape_configs: [{ job_name: a, metrics_path: /probe, params: { module: [web] }, static_configs: [{ targets: ['https://a.example.com', 'https://me:planted77@b.example.com', 'ftp://c.example.com', 'https://d.example.com:99999', 'https://e.example.com'] }] }]`,
  );
  const { code, err } = await imported('blackbox.yml', 'prometheus.yml');
  const kept = config().probes?.map(({ target }) => target);
  expect([code, kept]).toEqual([0, ['https://a.example.com', 'https://e.example.com']]);
  expect(err.match(/^probes of .*/gm)).toEqual([
    'probes of module web (b.example.com, c.example.com, d.example.com-99999): left out: holds a password, want it in the module, by reference; got "ftp://c.example.com", want it to begin with http:// or https://; got "https://d.example.com:99999", want a URL, with a port up to 65535 if it names one',
  ]);
});

it('no secret of any place is copied, and each is named with its variable', async () => {
  write(
    'blackbox.yml',
    `modules:
  web:
    prober: http
    http:
      method: POST
      headers: { Authorization: Bearer planted77, Accept: text/html }
      http_headers: { X-Api-Key: { values: [planted77] } }
      body: '{"user":"me","password":"planted77"}'
      oauth2: { client_id: me, client_secret: planted77, token_url: 'https://id.example.com/t?api_key=planted77&v=1', endpoint_params: { password: planted77, audience: shop } }
  mail: { prober: tcp, tcp: { query_response: [{ send: "USER me\\r" }, { send: "PASS planted77\\r" }] } }
  rpc: { prober: grpc, grpc: { metadata: { authorization: [Bearer planted77], x-shop: [shop] } } }
`,
  );
  write(
    'prometheus.yml',
    `scrape_configs:
  - { job_name: a, metrics_path: /probe, params: { module: [web] }, static_configs: [{ targets: ['https://a.example.com/?page=2&token=planted77'] }] }
  - { job_name: d, metrics_path: /probe, params: { module: [web] }, static_configs: [{ targets: ['https://me:planted77@d.example.com/'] }] }
  - { job_name: b, metrics_path: /probe, params: { module: [mail] }, static_configs: [{ targets: ['b.example.com:110'] }] }
  - { job_name: c, metrics_path: /probe, params: { module: [rpc] }, static_configs: [{ targets: ['c.example.com:443'] }] }
`,
  );
  const cache = 'cache=redis://:planted77@c.example.com';
  const { code, err, out } = await imported('blackbox.yml', 'prometheus.yml', '--target', cache);
  expect(code).toBe(0);
  expect(err.match(/.*left out.*/g)).toEqual([
    'probes of module web (d.example.com): left out: holds a password, want it in the module, by reference',
  ]);
  const written = ['fargaze.yml', 'fargaze.blackbox.yml'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  for (const text of [out, err, ...written]) expect(text).not.toContain('planted77');
  expect(
    written
      .join('\n')
      .match(/(?:env:|TARGET_)\w+/g)
      ?.sort(),
  ).toEqual([
    'TARGET_A_EXAMPLE_COM_TOKEN',
    'env:CACHE_PASSWORD',
    'env:MAIL_SEND',
    'env:RPC_AUTHORIZATION',
    'env:WEB_AUTHORIZATION',
    'env:WEB_BODY',
    'env:WEB_CLIENT_SECRET',
    'env:WEB_PASSWORD',
    'env:WEB_TOKEN_URL',
    'env:WEB_X_API_KEY',
  ]);
  const { modules, probes } = config();
  expect(probes.map(({ target }) => target)).toContain(
    'https://a.example.com/?page=2&token=${TARGET_A_EXAMPLE_COM_TOKEN}',
  );
  expect(modules.mail).toMatchObject({
    tcp: { steps: [{ send: 'USER me\r' }, { send: 'PASS ${env:MAIL_SEND}\r' }] },
  });
  expect(modules.web).toMatchObject({ http: { headers: { Accept: 'text/html' } } });
});

it('a file of YACE is named where it runs', async () => {
  write(
    'yace.yml',
    'apiVersion: v1alpha1\ndiscovery: { jobs: [{ type: AWS/ECS, regions: [eu-west-1], metrics: [{ name: CPUUtilization, statistics: [Average], period: 60, length: 300 }] }] }',
  );
  expect(await imported('yace.yml')).toMatchObject({ code: 0, out: '' });
  expect(readFileSync(join(folder, 'fargaze.yml'), 'utf8')).toContain('yace_file: yace.yml');
});

it('of another one what runs is written out, and the rest is named', async () => {
  write(
    'yace.yml',
    `apiVersion: v1alpha1
discovery:
  exportedTagsOnMetrics: { AWS/ECS: [team] }
  jobs:
    - { type: AWS/ECS, regions: [us-east-1], enhancedMetrics: [{ name: X }], metrics: [{ name: CPUUtilization, statistics: [Maximum], period: 60, length: 300 }] }
    - { type: AWS/Unheard, regions: [us-east-1], period: 300, length: 300, metrics: [{ name: Calls, statistics: [Sum] }] }
    - { type: AWS/Unheard, regions: [us-east-1], searchTags: [{ key: a, value: b }], metrics: [{ name: Calls, statistics: [Sum], period: 300, length: 300 }] }
static:
  - { name: edge, namespace: AWS/Lambda, regions: [us-east-1], period: 600, length: 600, metrics: [{ name: Errors, statistics: [Sum] }] }
  - { name: s, namespace: AWS/AutoScaling, regions: [us-east-1], dimensions: [{ name: Group, value: a }], metrics: [{ name: In, statistics: [Minimum], period: 60, length: 300 }, { name: Out, statistics: [Typo], period: 60, length: 300 }] }
`,
  );
  const { code, err } = await imported('yace.yml');
  expect(code).toBe(0);
  expect(err).toContain('static[0].period: left out: each metric of a static job has its own');
  expect(err).toContain('AWS/Unheard is read by customNamespace');
  expect(err).toMatch(/discovery jobs AWS\/Unheard: left out: type/);
  expect(err).toMatch(/static s metrics Out: left out/);
  const jobs = config().bridge.cloudwatch?.jobs ?? [];
  expect(
    jobs.map(({ kind, metrics, namespace }) => [kind, namespace, metrics.map(({ name }) => name)]),
  ).toEqual([
    ['discovery', 'AWS/ECS', ['CPUUtilization']],
    ['static', 'AWS/Lambda', ['Errors']],
    ['static', 'AWS/AutoScaling', ['In']],
    ['customNamespace', 'AWS/Unheard', ['Calls']],
  ]);
  expect(jobs[0]?.exportedTags).toEqual(['team']);
});

it('a file of which nothing can be read leaves CloudWatch out, and says why', async () => {
  write(
    'yace.yml',
    'discovery: { jobs: [{ type: AWS/Unheard, regions: [us-east-1], searchTags: [{ key: a, value: b }], metrics: [{ name: Calls, statistics: [Sum] }] }] }',
  );
  const { code, err } = await imported('yace.yml', '--target', 'https://a.example.com');
  expect([code, err]).toEqual([0, expect.stringContaining('discovery jobs AWS/Unheard: left out')]);
  expect(config().bridge.cloudwatch).toBeUndefined();
});

it('metrics of cloudwatch_exporter become jobs with its names', async () => {
  write(
    'exporter.yml',
    `---
region: eu-west-1
metrics:
- { aws_namespace: AWS/ELB, aws_metric_name: Latency, aws_dimensions: [AvailabilityZone, LoadBalancerName], aws_statistics: [Average] }
- { aws_namespace: AWS/ELB, aws_metric_name: RequestCount, aws_dimensions: [AvailabilityZone, LoadBalancerName], aws_statistics: [Sum] }
- { aws_namespace: AWS/SQS, aws_metric_name: Age, aws_dimensions: [QueueName], aws_dimension_select: { QueueName: [a, b] }, period_seconds: 300, range_seconds: 600 }
- { aws_namespace: AWS/CloudFront, aws_metric_name: Requests, aws_statistics: [Sum], aws_dimensions: [DistributionId, Region], set_timestamp: false, aws_dimensions_select: { Region: [Global] } }
- { aws_namespace: AWS/EC2, aws_metric_name: CPUUtilization, aws_dimensions: [InstanceId], aws_tag_select: { tag_selections: { a: [b] } } }
- { aws_namespace: AWS/EC2, aws_metric_name: NetworkIn, aws_dimensions: [InstanceId], aws_tag_select: { resource_type_selection: "ec2:instance", resource_id_dimension: InstanceId, tag_selections: { team: [shop, a.b] } } }
`,
  );
  const { code, err } = await imported('exporter.yml');
  expect(code).toBe(0);
  expect(err).toContain('metrics[3]: aws_dimensions_select is no key of cloudwatch_exporter');
  expect(err).toContain('metrics[4]: left out: aws_tag_select');
  const { jobs = [], naming } = config().bridge.cloudwatch ?? {};
  expect(naming).toBe('cloudwatch_exporter');
  expect(
    jobs.map((job) => [
      job.namespace,
      job.regions,
      job.dimensionNameRequirements,
      job.dimensions.map(({ value }) => value),
      job.metrics.length,
    ]),
  ).toEqual([
    ['AWS/EC2', ['eu-west-1'], ['InstanceId'], [], 1],
    ['AWS/SQS', ['eu-west-1'], [], ['a'], 1],
    ['AWS/SQS', ['eu-west-1'], [], ['b'], 1],
    ['AWS/ELB', ['eu-west-1'], ['AvailabilityZone', 'LoadBalancerName'], [], 2],
    ['AWS/CloudFront', ['eu-west-1'], ['DistributionId', 'Region'], [], 1],
  ]);
  expect(jobs[0]).toMatchObject({
    kind: 'discovery',
    searchTags: [{ key: 'team', value: compilePattern('^(?:shop|a\\.b)$') }],
  });
  expect(jobs[1]?.metrics[0]).toMatchObject({
    period: 300,
    length: 600,
    statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'],
  });
});

it.each([
  { name: 'a file that is nobody’s', text: 'a: 1', want: 'of no tool that is known' },
  {
    name: 'a ConfigMap around a YACE file',
    text: 'kind: ConfigMap\ndata:\n  config.yml: |\n    discovery:\n      jobs: []\n',
    want: 'holds a YACE file as the text of config.yml, want that text in a file of its own',
  },
  {
    name: 'a template',
    text: 'discovery:\n  jobs:\n    - type: AWS/ECS\n      regions: {{ .Values.regions }}\n',
    want: 'a file with {{ … }} is a template, render it first',
  },
  { name: 'an empty file', text: ' \n', want: 'in.yml is empty' },
  { name: 'a fargaze.yml', text: 'probes: []', want: 'to check it: fargaze check -c in.yml' },
  { name: 'a file that is not there', text: undefined, want: 'in.yml does not exist' },
  { name: 'a file that is no YAML', text: 'a: [', want: 'in.yml: ' },
])('$name is refused, and nothing is written', async ({ text, want }) => {
  if (text !== undefined) write('in.yml', text);
  const { code, err } = await imported('in.yml');
  expect([code, err]).toEqual([2, expect.stringContaining(want)]);
  expect(existsSync(join(folder, 'fargaze.yml'))).toBe(false);
});

it('texts that look like numbers, bytes and what stands behind the first document survive', async () => {
  write(
    'blackbox.yml',
    `modules:
  m: { prober: http, http: { headers: { A: 1.10, B: yes, C: 007 }, valid_status_codes: [~, 0o310] } }
  b: { prober: tcp, tcp: { query_response: [{ send: !!binary AAEC }] } }
  odd: { prober: http, http: { from_the_future: true } }
---
not: [ read
`,
  );
  expect(await imported('blackbox.yml')).toMatchObject({ code: 0 });
  const { modules } = config();
  expect(modules.m).toMatchObject({
    http: { headers: { A: '1.10', B: 'yes', C: '007' }, validStatusCodes: [200] },
  });
  expect(modules.b).toMatchObject({ tcp: { steps: [{ send: '\x00\x01\x02' }] } });
});

it('a configuration that is there is kept, unless it is to be replaced', async () => {
  write('fargaze.yml', 'mine');
  write('blackbox.yml', `${blackbox}  odd: { prober: http, http: { from_the_future: true } }\n`);
  const { code, err } = await imported('blackbox.yml');
  expect([code, err]).toEqual([2, expect.stringContaining('fargaze.yml is there already')]);
  expect(readdirSync(folder).sort()).toEqual(['blackbox.yml', 'fargaze.yml']);
  expect(readFileSync(join(folder, 'fargaze.yml'), 'utf8')).toBe('mine');
  expect(await imported('blackbox.yml', '--force')).toMatchObject({ code: 0 });
  expect(readdirSync(folder).sort()).toEqual([
    'blackbox.yml',
    'fargaze.blackbox.yml',
    'fargaze.yml',
  ]);
});

describe('a file that people take for one of YACE', () => {
  it.each([
    {
      name: 'of Grafana Agent',
      file: 'agent.yml',
      text: 'sts_region: us-east-2\ndiscovery:\n  jobs: [{ type: AWS/EC2, regions: [us-east-2], search_tags: [{ key: a, value: b }] }]\n',
      says: 'agent.yml is written for Grafana Agent (sts_region), want a file of YACE: sts-region,',
    },
    {
      name: "of Grafana Agent's integrations",
      file: 'agent.yml',
      text: 'integrations:\n  cloudwatch_exporter:\n    discovery:\n      exported_tags: { AWS/EC2: [name] }\n      jobs: []\n',
      says: 'agent.yml is written for Grafana Agent (exported_tags), want a file of YACE',
    },
    {
      name: 'of Grafana Alloy',
      file: 'queues.alloy',
      text: 'prometheus.exporter.cloudwatch "queues" {\n  sts_region = "us-east-2"\n}\n',
      says: 'queues.alloy is written for Grafana Alloy (prometheus.exporter.cloudwatch)',
    },
  ])('$name is refused by name', async ({ file, says, text }) => {
    write(file, text);
    const { code, err } = await imported(file);
    expect([code, existsSync(join(folder, 'fargaze.yml'))]).toEqual([2, false]);
    expect(err).toContain(says);
  });

  it('of which nothing can run is refused, with each reason once', async () => {
    write(
      'yace.yml',
      `discovery:
  jobs:
    - { type: AWS/RDS, regions: [eu-west-1], searchTags: [{ key: a, value: "^(?!b)" }], metrics: [{ name: CPUUtilization, statistics: [Average] }] }
`,
    );
    const { code, err } = await imported('yace.yml');
    expect([code, existsSync(join(folder, 'fargaze.yml'))]).toEqual([2, false]);
    const lines = err.trim().split('\n');
    expect(
      lines.filter((line) => line.includes('AWS/RDS: left out: value: got "^(?!b)"')),
    ).toHaveLength(1);
    expect(lines.at(-1)).toContain('nothing of yace.yml can run');
    expect(lines.length).toBeLessThan(6);
  });

  it('of the oldest form, whose discovery is a list, is read', async () => {
    write(
      'yace.yml',
      `discovery:
  - region: eu-west-1
    type: es
    searchTags: [{ Key: type, Value: k8s }]
    metrics: [{ name: FreeStorageSpace, statistics: [Sum], period: 600, length: 600 }]
`,
    );
    const { code, err } = await imported('yace.yml');
    expect(code).toBe(0);
    expect(err).toContain(
      'yace.yml: discovery.jobs[0].searchTags[0].Key (line 4): an older spelling',
    );
    expect(err).toContain('got a list, as the oldest files have it, read as discovery.jobs');
    expect(config().bridge.cloudwatch?.jobs).toMatchObject([
      { namespace: 'AWS/ES', regions: ['eu-west-1'], searchTags: [{ key: 'type' }] },
    ]);
  });

  it('keeps the rest where a part is left out, and does not name what YACE ignores twice', async () => {
    write(
      'yace.yml',
      `apiVersion: v1alpha1
discovery:
  jobs:
    - type: AWS/Lambda
      regions: eu-west-1
      dimensionNameRequirements: FunctionName
      enhancedMetrics: [{ name: Timeout }]
      metrics:
        - { name: Duration, statistics: [p95], period: 300, length: 300 }
        - { name: Errors, statistics: [Sum], period: "60", length: 300 }
`,
    );
    const { code, err } = await imported('yace.yml');
    expect(code).toBe(0);
    expect(err).toContain(
      'metrics Errors: left out: period: got "60", want a number, without quotes',
    );
    expect(err.match(/enhancedMetrics/g)).toHaveLength(1);
    expect(config().bridge.cloudwatch?.jobs).toMatchObject([
      { dimensionNameRequirements: ['FunctionName'], metrics: [{ name: 'Duration' }] },
    ]);
  });
});
