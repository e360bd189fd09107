// What redis-probe may connect to by tokens of IAM: the caches and users that fargaze.yml names, and no others. Pure.
import type { Config } from '../layers/core/src/config/config.ts';
import type { Statement } from './bridge-permissions.ts';

/** The statements for the probes of a configuration; none where no module signs tokens. */
export function redisStatements({
  modules,
  probes,
}: Pick<Config, 'modules' | 'probes'>): Statement[] {
  const used = new Set(probes.map(({ module }) => module));
  const caches = Object.values(modules).flatMap((module) => {
    const { iam, username } = module.prober === 'redis' ? module.redis : {};
    if (iam === undefined || username === undefined || !used.has(module.name)) return [];
    return [{ ...iam, username }];
  });
  return (['elasticache', 'memorydb'] as const).flatMap((service) => {
    const own = caches.filter((cache) => cache.service === service);
    if (own.length === 0) return [];
    const Resource = [...new Set(own.flatMap(arnsOf))].sort().map((arn) => ({ 'Fn::Sub': arn }));
    return [{ Sid: sids[service], Effect: 'Allow', Action: [`${service}:Connect`], Resource }];
  });
}

const sids = { elasticache: 'ConnectToElastiCache', memorydb: 'ConnectToMemoryDb' } as const;

type Cache = {
  readonly service: 'elasticache' | 'memorydb';
  readonly name: string;
  readonly region?: string;
  readonly serverless: boolean;
  readonly username: string;
};

/** Both the cache and the user must be allowed (docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html). */
function arnsOf({
  name,
  region = '${AWS::Region}',
  serverless,
  service,
  username,
}: Cache): string[] {
  const prefix = `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}`;
  if (service === 'memorydb') return [`${prefix}:cluster/${name}`, `${prefix}:user/${username}`];
  const kind = serverless ? 'serverlesscache' : 'replicationgroup';
  return [`${prefix}:${kind}:${name}`, `${prefix}:user:${username}`];
}
