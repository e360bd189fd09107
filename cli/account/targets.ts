// What to probe of the services of an account. Pure. A service whose address nothing shows is named, not guessed.

import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { readRedisAddress } from '../../layers/core/src/net/redis-address.ts';
import type { ProbeGroup } from '../draft/draft.ts';
import { takeName } from '../draft/draft.ts';
import type { FoundService } from './read.ts';

/** Groups of probes, and what is not among them. */
export type AccountTargets = {
  readonly groups: readonly ProbeGroup[];
  readonly notes: readonly string[];
};

type AccountTarget = {
  readonly name: string;
  readonly address: string;
  readonly module: 'http_2xx' | 'redis';
  readonly vantage: 'internet' | 'vpc';
};

/** The targets of `services`; names of probes are taken from `taken`. */
export function targetsOf(services: readonly FoundService[], taken: Set<string>): AccountTargets {
  const notes: string[] = [];
  const found: AccountTarget[] = [];
  for (const service of services) {
    const own = isRedis(service) ? redisOf(service) : webOf(service);
    if (own === undefined) {
      notes.push(
        `service ${service.cluster}/${service.name}: left out: no load balancer and no Service Connect shows its address`,
      );
    } else found.push(own);
    found.push(...redisNamedBy(service));
  }
  const distinct = [...new Map(found.map((one) => [one.address, one])).values()];
  return { groups: groupsOf(distinct, taken), notes };
}

function groupsOf(found: readonly AccountTarget[], taken: Set<string>): ProbeGroup[] {
  const groups = new Map<
    string,
    {
      readonly module: string;
      readonly vantage: AccountTarget['vantage'];
      readonly targets: Record<string, string>;
    }
  >();
  for (const { address, module, name, vantage } of found) {
    const key = `${module} ${vantage}`;
    const group = groups.get(key) ?? { module, vantage, targets: {} };
    groups.set(key, group);
    group.targets[takeName(name, taken)] = address;
  }
  return [...groups.values()];
}

function containersOf({ definition }: FoundService): readonly ContainerDefinition[] {
  return definition.containerDefinitions ?? [];
}

function isRedis(service: FoundService): boolean {
  const [main] = containersOf(service);
  return /(?:^|\/)(?:redis|valkey)(?:[:@-]|$)/i.test(main?.image ?? '');
}

function redisOf({ alias, name }: FoundService): AccountTarget | undefined {
  if (alias === undefined) return undefined;
  return {
    name,
    address: `redis://${alias.dnsName}:${alias.port}`,
    module: 'redis',
    vantage: 'vpc',
  };
}

function webOf(service: FoundService): AccountTarget | undefined {
  const { alias, front, name } = service;
  const path = front?.healthCheckPath ?? healthPathOf(service) ?? '/';
  if (front !== undefined) {
    const host = front.hosts[0] ?? front.balancer;
    const vantage = front.internal ? 'vpc' : 'internet';
    return { name, address: `${front.scheme}://${host}${path}`, module: 'http_2xx', vantage };
  }
  if (alias === undefined) return undefined;
  return {
    name,
    address: `http://${alias.dnsName}:${alias.port}${path}`,
    module: 'http_2xx',
    vantage: 'vpc',
  };
}

/** The path that a container's own health check asks for. */
function healthPathOf(service: FoundService): string | undefined {
  const commands = containersOf(service).flatMap(
    ({ healthCheck }) => healthCheck?.command?.join(' ') ?? [],
  );
  return commands
    .flatMap(
      (text) =>
        /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(\/[^\s"'|;&]*)/.exec(text)?.[1] ??
        [],
    )
    .at(0);
}

/** Servers of Redis that the environment of containers names, without what stands before the host. */
function redisNamedBy(service: FoundService): AccountTarget[] {
  const variables = containersOf(service).flatMap(({ environment = [] }) => environment);
  return variables.flatMap(({ name = '', value = '' }) => {
    const [, scheme = '', host = ''] =
      /^((?:redis|valkey)s?):\/\/(?:.*@)?([^/?#@\s]+)/i.exec(value) ?? [];
    if (scheme !== '') {
      const address = `${scheme.toLowerCase()}://${withPort(host)}`;
      return 'fault' in readRedisAddress(address) ? [] : [redisAt(address)];
    }
    const isEndpoint =
      /REDIS|VALKEY|CACHE/i.test(name) && /^[\w.-]+\.cache\.amazonaws\.com(?::\d+)?$/.test(value);
    // Whether it wants TLS its name does not say; with encryption in transit, the usual choice, it does.
    return isEndpoint ? [redisAt(`rediss://${withPort(value)}`)] : [];
  });
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:6379`;
}

function redisAt(address: string): AccountTarget {
  const [, host = 'redis'] = /^\w+:\/\/([^.:]+(?:\.[^.:]+)?)/.exec(address) ?? [];
  const name = host.replace(/^(?:master|clustercfg)\./, '').split('.')[0] ?? host;
  return { name: `redis-${name}`, address, module: 'redis', vantage: 'vpc' };
}
