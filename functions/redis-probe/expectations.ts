// What a module expects of INFO: memory, eviction, persistence, age of the last save, engine, version.
import type { RedisExpectation, RedisExpectations } from '@fargaze/core/internal';
import { engineOf, type Info, numberIn, persistenceOf } from './info.ts';
import { Verdict } from './verdict.ts';
import { expectThat, type Visit } from './visit.ts';

/** Why INFO cannot be read, or what it says. */
export type InfoRead = { readonly info: Info } | { readonly refused: string };

/** What one server says of itself; `part` names it where there are several. */
export type ServerInfo = { readonly read: InfoRead; readonly part?: string };

type Judge = (info: Info, now: number) => Verdict | undefined;

/** Judges every expectation that the module has; each is met where every server meets it. */
export function judgeInfo(visit: Visit, servers: readonly ServerInfo[]): void {
  const now = visit.env.clock.now() / 1000;
  for (const [expectation, judge] of judgesOf(visit.options.expect)) {
    const unmet = servers.flatMap(({ part, read }) => {
      const verdict =
        'info' in read ? judge(read.info, now) : unreadable(expectation, `INFO ${read.refused}`);
      return (part === undefined ? verdict : verdict?.of(part)) ?? [];
    });
    expectThat(visit, expectation, unmet[0]);
  }
}

/** Whether the module expects anything of INFO. */
export function expectsInfo(expect: RedisExpectations): boolean {
  return judgesOf(expect).length > 0;
}

function judgesOf(expect: RedisExpectations): (readonly [RedisExpectation, Judge])[] {
  const { engine, evictionPolicies, memoryMax, persistence, saveAgeMax, versionMin } = expect;
  const judges: (readonly [RedisExpectation, Judge] | undefined)[] = [
    memoryMax === undefined ? undefined : ['memory', judgeMemory(memoryMax)],
    evictionPolicies.length === 0 ? undefined : ['eviction_policy', judgePolicy(evictionPolicies)],
    persistence ? ['persistence', judgePersistence] : undefined,
    saveAgeMax === undefined ? undefined : ['save_age', judgeSaveAge(saveAgeMax)],
    engine === undefined ? undefined : ['engine', judgeEngine(engine)],
    versionMin === undefined ? undefined : ['version', judgeVersion(versionMin)],
  ];
  return judges.flatMap((judge) => (judge === undefined ? [] : [judge]));
}

function unreadable(expectation: RedisExpectation, why = 'INFO does not say'): Verdict {
  return new Verdict('health', 'unsupported', `${expectation} cannot be judged: ${why}`);
}

function judgeMemory(most: number): Judge {
  return (info) => {
    const used = numberIn(info, 'used_memory');
    const max = numberIn(info, 'maxmemory');
    if (used === undefined || max === undefined) return unreadable('memory');
    if (max === 0 || used / max <= most) return undefined;
    const words = `${used} of ${max} bytes (${percent(used / max)}) are used, want at most ${percent(most)}`;
    return new Verdict('health', 'memory', words);
  };
}

function judgePolicy(wanted: readonly string[]): Judge {
  return (info) => {
    const policy = info.get('maxmemory_policy');
    if (policy === undefined) return unreadable('eviction_policy');
    if (wanted.includes(policy)) return undefined;
    const words = `policy ${info.show(policy)}, want ${wanted.join(' or ')}`;
    return new Verdict('health', 'eviction_policy', words);
  };
}

const judgePersistence: Judge = (info) => {
  const { aof = true, rdb } = persistenceOf(info);
  if (rdb === undefined) return unreadable('persistence');
  if (rdb && aof) return undefined;
  const appended = info.get('aof_last_write_status') === 'ok';
  const what = rdb
    ? appended
      ? 'rewrite of the append-only file'
      : 'append to disk'
    : 'save to disk';
  return new Verdict('health', 'persistence', `the last ${what} failed`);
};

function judgeSaveAge(most: number): Judge {
  return (info, now) => {
    const saved = numberIn(info, 'rdb_last_save_time');
    if (saved === undefined) return unreadable('save_age');
    const age = Math.max(0, Math.round(now - saved));
    if (age <= most) return undefined;
    return new Verdict('health', 'save_age', `saved ${age} s ago, want at most ${most} s`);
  };
}

function judgeEngine(wanted: string): Judge {
  return (info) => {
    const { engine } = engineOf(info);
    if (engine === '') return unreadable('engine');
    if (engine === wanted) return undefined;
    return new Verdict('health', 'engine', `engine ${info.show(engine)}, want ${wanted}`);
  };
}

function judgeVersion(least: string): Judge {
  return (info) => {
    const { version } = engineOf(info);
    if (version === '') return unreadable('version');
    if (compareVersions(version, least) >= 0) return undefined;
    const words = `version ${info.show(version)}, want ${least} or newer`;
    return new Verdict('health', 'version', words);
  };
}

/** Above 0 when `a` is newer than `b`; by numbers, what is missing counts as 0. */
function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
