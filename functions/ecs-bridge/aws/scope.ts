// Where and as whom jobs read: the clients of a region and role, made when they are needed and closed together.
import type { Clock, CloudWatchScope, Deadline, RoleConfig } from '@fargaze/core';
import type { FetchTally } from '../cloudwatch/query/get-metric-data.ts';
import type { Memory, Session } from '../memory.ts';
import { type CloudWatchApi, createCloudWatchApi, createEcsApi, type EcsApi } from './clients.ts';
import { count, Pace } from './rate-limit.ts';
import { assumeRole, type Caller, getAccount } from './signed-calls.ts';

/** A region and a role; undefined: the function's own credentials. */
export type Where = { readonly region: string; readonly role: RoleConfig | undefined };

/** The clients of a place. */
export type OpenPlace = Where & {
  /** Tells places apart. */
  readonly key: string;
  readonly account: string;
  readonly cloudwatch: CloudWatchApi;
  readonly caller: Caller;
  readonly dataPace: Pace;
  readonly listPace: Pace;
  ecs(): EcsApi;
  close(): void;
};

/** What opening needs. */
export type PlaceTools = {
  readonly memory: Memory;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly tally: FetchTally;
  readonly stsRegion: string | undefined;
};

// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const dataRates = { calls: 50, points: 180_000 };
const listRates = { calls: 25, points: Number.POSITIVE_INFINITY };

/** Credentials are renewed when they would end during a run. */
const renewMs = 5 * 60_000;

/** The places that a job or expression reads; `own` is the function's region. */
export function placesOf({ regions, roles }: CloudWatchScope, own: string): Where[] {
  const names = regions.length === 0 ? [own] : regions;
  // Compiled to JSON, an absent role is null.
  return names.flatMap((region) => roles.map((role) => ({ region, role: role ?? undefined })));
}

/** A text that is equal for equal places. */
export function placeKey({ region, role }: Where): string {
  return JSON.stringify([region, role?.roleArn ?? '', role?.externalId ?? '']);
}

/** Opens a place. @throws SourceError when its role cannot be assumed or its account not be told. */
export async function openPlace(where: Where, tools: PlaceTools): Promise<OpenPlace> {
  const { clock, deadline, tally } = tools;
  const own = createCloudWatchApi({ region: where.region }, deadline);
  const ownCaller: Caller = {
    region: tools.stsRegion ?? where.region,
    credentials: () => own.credentials(),
    deadline,
    clock,
  };
  const opened: { close(): void }[] = [own];
  try {
    const session =
      where.role === undefined ? undefined : await openSession(where.role, ownCaller, tools);
    const account = session === undefined ? await ownAccount(ownCaller, tools) : accountOf(where);
    const credentials = session === undefined ? undefined : async () => session;
    const at = { region: where.region, ...(credentials !== undefined && { credentials }) };
    const cloudwatch = credentials === undefined ? own : createCloudWatchApi(at, deadline);
    if (cloudwatch !== own) opened.push(cloudwatch);
    let ecs: EcsApi | undefined;
    return {
      ...where,
      key: placeKey(where),
      account,
      cloudwatch,
      caller: {
        region: where.region,
        credentials: () => cloudwatch.credentials(),
        deadline,
        clock,
      },
      dataPace: new Pace(dataRates, { clock, tally }),
      listPace: new Pace(listRates, { clock, tally }),
      ecs: () => {
        if (ecs === undefined) {
          ecs = createEcsApi(at, deadline);
          opened.push(ecs);
        }
        return ecs;
      },
      close: () => {
        for (const client of opened) client.close();
      },
    };
  } catch (error) {
    own.close();
    throw error;
  }
}

async function openSession(
  role: RoleConfig,
  caller: Caller,
  { clock, memory, tally }: PlaceTools,
): Promise<Session> {
  const key = `${role.roleArn} ${role.externalId ?? ''}`;
  const known = memory.sessions.get(key);
  if (known !== undefined && known.expiration.getTime() > clock.now() + renewMs) return known;
  count(tally.requests, 'AssumeRole');
  const session = await assumeRole(caller, role);
  memory.sessions.set(key, session);
  return session;
}

async function ownAccount(caller: Caller, { memory, tally }: PlaceTools): Promise<string> {
  if (memory.account === undefined) {
    count(tally.requests, 'GetCallerIdentity');
    memory.account = await getAccount(caller);
  }
  return memory.account;
}

function accountOf({ role }: Where): string {
  const [, , , , account = ''] = role?.roleArn.split(':') ?? [];
  return account;
}
