// INFO (redis.io/docs/latest/commands/info) as a mapping, and the part of it that becomes samples.
import { type Sample, sample } from '@fargaze/core/internal';
import { hideInValue, longest, longestName } from './hiding.ts';

/** INFO's fields as the server sent them, to judge by; of a key that comes twice the last. */
export type Info = Pick<ReadonlyMap<string, string>, 'get' | 'has'> & {
  /** A value of them as a label, without secrets. */
  show(value: string): string;
};

/** The fields in the text of INFO. `secrets` are those that must not be shown. */
export function parseInfo(text: string, secrets: readonly string[]): Info {
  const fields = text.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 1 || line.startsWith('#')) return [];
    return [[line.slice(0, colon), line.slice(colon + 1)] as const];
  });
  const show = (value: string) => label(hideInValue(value, secrets));
  return Object.assign(new Map(fields), { show });
}

/** A field that is a number; undefined where it is absent or none. */
export function numberIn(info: Info, key: string): number | undefined {
  const text = info.get(key);
  return text === undefined || !/^-?\d{1,20}(?:\.\d{1,20})?$/.test(text) ? undefined : Number(text);
}

/** Valkey says its name, and keeps the version of Redis that it was made of in `redis_version`. Both are empty where INFO has neither. They may hold a secret. */
export function engineOf(info: Info): { readonly engine: string; readonly version: string } {
  const usual = ['valkey', 'redis'].find((name) => info.has(`${name}_version`)) ?? '';
  const engine = info.get('server_name') || usual;
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? '';
  return { engine, version };
}

/** Whether the last save, and the last append and rewrite where appending is on, succeeded; undefined where INFO does not say. */
export function persistenceOf(info: Info): { readonly rdb?: boolean; readonly aof?: boolean } {
  const rdb = info.get('rdb_last_bgsave_status');
  const written = info.get('aof_last_write_status');
  const on = info.get('aof_enabled') === '1';
  return {
    ...(rdb !== undefined && { rdb: rdb === 'ok' }),
    ...(on &&
      written !== undefined && {
        aof: written === 'ok' && info.get('aof_last_bgrewrite_status') !== 'err',
      }),
  };
}

/** The samples of INFO; a field that is absent has none. */
export function infoSamples(info: Info): Sample[] {
  const { engine, version } = engineOf(info);
  const mode = info.get('redis_mode') ?? info.get('server_mode') ?? '';
  const { show } = info;
  const labels = { engine: show(engine), version: show(version), mode: show(mode) };
  const samples = [sample('probe_redis_info', labels, 1)];
  const numbers = [
    ['probe_redis_uptime_seconds', 'uptime_in_seconds'],
    ['probe_redis_loading', 'loading'],
    ['probe_redis_memory_used_bytes', 'used_memory'],
    ['probe_redis_memory_max_bytes', 'maxmemory'],
    ['probe_redis_last_save_timestamp_seconds', 'rdb_last_save_time'],
  ] as const;
  for (const [metric, key] of numbers) {
    const value = numberIn(info, key);
    if (value !== undefined) samples.push(sample(metric, {}, value));
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined) {
    samples.push(sample('probe_redis_eviction_policy_info', { policy: show(policy) }, 1));
  }
  for (const [kind, fine] of Object.entries(persistenceOf(info))) {
    samples.push(sample('probe_redis_persistence_ok', { kind }, fine ? 1 : 0));
  }
  return samples;
}

/** A server's text as a label: printable, and not endless. */
export function label(text: string, most = longest): string {
  return text.replace(/[^\x20-\x7e]+/g, '').slice(0, most);
}

/** The name of a primary as a label; long ones may differ at their end only. */
export const nameLabel = (name: string) => label(name, longestName);
