// The recording rules as Amazon Managed Prometheus evaluates them: all groups of the deployment in one document, which
// CloudFormation fills with the addresses of the stack. Refuses what the service would not take.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type BundleSource, ruleSource } from './bundle.ts';
import { mostNamed } from './config/prometheus/never-seen.ts';
import { expectedPath, renderRules } from './config/prometheus/render.ts';
import type { Json, JsonObject } from './json.ts';

/** Bytes of one document (docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html). */
const documentLimit = 1_000_000;

/** Between two evaluations; the service's own default would skip results of a probe that runs every minute. */
const interval = '30s';

const recording = 'infra/config/prometheus/rules/recording';

/** Addresses that only the stack knows, as they stand in rules. */
const addresses: JsonObject = {
  REDIS_HOST: {
    'Fn::If': [
      'HasRedisEndpoint',
      { Ref: 'RedisEndpoint' },
      { 'Fn::Sub': 'redis.${NamespaceName}:6379' },
    ],
  },
  REDIS_SCHEME: { 'Fn::If': ['HasRedisTls', 'rediss', 'redis'] },
  WEB_URL: {
    'Fn::If': [
      'HasWebUrl',
      { Ref: 'WebUrl' },
      { 'Fn::Sub': 'http://web.${NamespaceName}:8000/healthy' },
    ],
  },
};

/** The document, as a value of the template. @throws RangeError when it is larger than {@link documentLimit}. */
export function managedRules(source: BundleSource): Json {
  const files = readdirSync(join(source.root, recording)).sort();
  const generated = Object.entries(renderRules(ruleSource(source)))
    .filter(([path]) => path.startsWith('recording/'))
    // A long list would leave no room in the template; Prometheus writes it there with everything else that it records.
    .filter(([path]) => path !== expectedPath || source.config.probes.length <= mostNamed)
    .map(([, text]) => text);
  const fixed = files.map((file) => readFileSync(join(source.root, recording, file), 'utf8'));
  const groups = [...fixed, ...generated]
    .flatMap((text) => parse(text).groups as JsonObject[])
    .map((group) => ({ ...group, interval: group.interval ?? interval }));
  const text = stringify({ groups }, { aliasDuplicateObjects: false, lineWidth: 0 });
  if (text.length > documentLimit) {
    throw new RangeError(
      `recording rules are ${text.length} bytes, want at most ${documentLimit}: Amazon Managed Prometheus takes no more`,
    );
  }
  const known = Object.entries(addresses).filter(([name]) => text.includes(`__${name}__`));
  const filled = known.reduce(
    (sofar, [name]) => sofar.replaceAll(`__${name}__`, `\${${name}}`),
    text.replaceAll('${', '${!'),
  );
  return known.length === 0 ? text : { 'Fn::Sub': [filled, Object.fromEntries(known)] };
}
