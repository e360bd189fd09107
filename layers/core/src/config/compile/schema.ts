// The closed schema of fargaze.yml. docs/configuration.md is generated from it.
import * as v from 'valibot';
import { closed, mappingOf, oneOf } from '../mapping.ts';
import { adHocJob } from '../probes.ts';
import { linkEntries, probeAlertingEntries } from './alerting-schema.ts';
import { bridgeSchema, shardsOf } from './bridge-schema.ts';
import { grpcSchema, tcpSchema } from './dialogue-schema.ts';
import { dnsSchema } from './dns-schema.ts';
import { address, duration, host, instance, moduleName, name, timeoutBounds } from './fields.ts';
import { httpSchema } from './http-schema.ts';
import { redisSchema } from './redis-schema.ts';
import { sloSchema } from './slo-schema.ts';
import { stepsSchema } from './steps-schema.ts';
import { vantageSchema } from './vantage-schema.ts';

/** The `timeout` of a module. */
export const moduleTimeout = v.optional(
  v.pipe(duration(timeoutBounds), v.description('time allowed for the whole probe')),
  '5s',
);

/** What is measured of a probe, by prober. */
const webPhases = {
  http: ['total', 'resolve', 'connect', 'tls', 'processing', 'transfer'],
  tcp: ['total', 'resolve', 'connect', 'tls', 'query'],
  dns: ['total', 'resolve', 'connect', 'request'],
  grpc: ['total', 'resolve', 'check'],
} as const;
const redisPhases = [
  ...['total', 'resolve', 'connect', 'tls', 'auth', 'ping', 'role', 'cluster', 'sentinel'],
  ...['write', 'replicate', 'read', 'delete', 'pubsub', 'health'],
];

/** The `hosts` of a module. */
const moduleHosts = v.optional(
  v.pipe(
    v.array(host),
    v.description(
      "hosts that may be sent the module's credentials, headers and body besides the servers of its probes: `name`, `name:port` or `*.domain`",
    ),
  ),
);

/** `compat` of a module of the web probe. */
export const moduleCompat = v.optional(
  v.pipe(
    v.picklist(['strict'], 'want strict'),
    v.description(
      '`strict`: series as blackbox_exporter has them, also where docs/metrics.md names a difference',
    ),
  ),
);

const tries = {
  retries: v.optional(
    v.pipe(
      v.number('want a whole number from 0 to 5'),
      v.check(
        (count) => Number.isInteger(count) && count >= 0 && count <= 5,
        'a whole number from 0 to 5',
      ),
      v.description(
        'further attempts of a probe that failed; all together within `timeout`, of which each has its share',
      ),
    ),
  ),
  retry_wait: v.optional(
    v.pipe(
      duration({ min: 0, max: 10, wanted: 'a duration up to 10s such as 500ms' }),
      v.description('time between two attempts, `500ms` when unset'),
    ),
  ),
};

/** `degraded` of a module whose probes have `phases`. */
const degradedBy = (phases: readonly string[]) =>
  v.optional(
    v.pipe(
      mappingOf(
        v.picklist(phases, `want total or a phase: ${phases.join(', ')}`),
        duration({ min: 0.001, max: 50, wanted: 'a duration from 1ms to 50s such as 500ms' }),
      ),
      v.description(
        'times above which a success is degraded: `total`, or phases such as `tls`, `processing` or `write`',
      ),
    ),
  );

/** How often a module of the web probe tries, and what it calls slow. */
export const webAttempts = (prober: keyof typeof webPhases) => ({
  ...tries,
  degraded: degradedBy(webPhases[prober]),
});

/** The same of a module of the Redis probe. */
const redisAttempts = { ...tries, degraded: degradedBy(redisPhases) };

const webEntries = (prober: keyof typeof webPhases) => ({
  timeout: moduleTimeout,
  hosts: moduleHosts,
  compat: moduleCompat,
  ...webAttempts(prober),
  ...probeAlertingEntries,
});

/** Schema of one entry of `modules`, by prober. */
export const moduleSchema = oneOf(
  'prober',
  [
    closed({
      prober: v.literal('http'),
      http: httpSchema,
      steps: stepsSchema,
      ...webEntries('http'),
    }),
    closed({ prober: v.literal('tcp'), tcp: tcpSchema, ...webEntries('tcp') }),
    closed({ prober: v.literal('dns'), dns: dnsSchema, ...webEntries('dns') }),
    closed({ prober: v.literal('grpc'), grpc: grpcSchema, ...webEntries('grpc') }),
    closed({
      prober: v.literal('redis'),
      timeout: moduleTimeout,
      hosts: moduleHosts,
      redis: redisSchema,
      ...redisAttempts,
      ...probeAlertingEntries,
    }),
  ],
  'prober: http, tcp, dns, grpc or redis',
);

const interval = duration({
  min: 60,
  max: 86_400,
  step: 60,
  wanted: 'a duration from 1m to 1d in whole minutes, such as 5m',
});

/** Schema of one entry of `probes`. */
export const probeSchema = closed({
  name: v.pipe(name, v.description('unique name')),
  module: v.pipe(moduleName, v.description('how to probe: a key of `modules`, or a built-in one')),
  target: v.pipe(
    address,
    v.description(
      'what to probe; `${NAME}` and `${NAME:-default}` are filled from the environment when the probe runs',
    ),
  ),
  interval: v.optional(
    v.pipe(interval, v.description('time between two probes, in whole minutes')),
    '1m',
  ),
  job: v.optional(
    v.pipe(
      name,
      v.check(
        (value) => value !== adHocJob,
        `another job: ${adHocJob} is for targets that events name`,
      ),
      v.description('label `job`; unset: `fargaze-web` or `fargaze-redis`'),
    ),
  ),
  instance: v.optional(
    v.pipe(
      instance,
      v.description(
        'label `instance`; unset: the target without user info, without what follows `#`, and with `redacted` for query values and path segments that may be secret',
      ),
    ),
  ),
  vantage: v.optional(
    v.pipe(
      v.picklist(['any', 'internet', 'vpc'], 'want any, internet or vpc'),
      v.description(
        'where to probe from, once; `any`: web probes from the internet, Redis probes from inside the VPC. Both: two probes of different `job`',
      ),
    ),
    'any',
  ),
  quiet_during_rollout: v.optional(
    v.pipe(
      v.string('want cluster/service'),
      v.regex(/^[\w-]+\/[\w-]+$/, 'cluster/service, the names of an ECS cluster and service'),
      v.transform((value) => {
        const [cluster = '', service = ''] = value.split('/');
        return { cluster, service };
      }),
      v.description(
        'ECS service behind the target, as `cluster/service`: while it is rolled out, for half an hour at most, FargazeProbeFailed is held back',
      ),
    ),
  ),
  ...probeAlertingEntries,
});

/** Schema of `shards`. */
const shards = shardsOf(
  'schedules, and so invocations at the same time, that share the web probes of one vantage among them',
);

/** Schema of the whole file. */
export const configSchema = closed(
  {
    blackbox: v.optional(
      v.union(
        [
          v.pipe(v.string(), v.minLength(1)),
          closed({
            file: v.pipe(v.string('want a path'), v.minLength(1, 'a path')),
            compat: moduleCompat,
          }),
        ],
        'want the path of a blackbox.yml, or a mapping with file and compat',
      ),
    ),
    modules: v.optional(mappingOf(moduleName, moduleSchema), {}),
    probes: v.optional(v.array(probeSchema), []),
    shards: v.optional(shards, 1),
    vantage: v.optional(vantageSchema),
    bridge: v.optional(bridgeSchema, {}),
    slos: v.optional(v.array(sloSchema), []),
    links: v.optional(closed(linkEntries, 'a mapping with runbooks or grafana')),
  },
  'a mapping with probes, modules, shards, vantage, bridge, slos or links',
);

/** The file after its values have been read. */
export type ParsedConfig = v.InferOutput<typeof configSchema>;
