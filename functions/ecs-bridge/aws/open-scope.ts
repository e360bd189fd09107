// Opens a scope: its clients are made when they are needed and closed together. Each scope has CloudWatch's full rates.
import type { AwsCredentials, Clock, Deadline } from '@fargaze/core/internal';
import type { CallTally } from './call-tally.ts';
import { createCloudWatchApi } from './cloudwatch-api.ts';
import { Connections } from './connections.ts';
import { createEcsApi, type EcsApi } from './ecs-api.ts';
import { ownCredentials } from './own-credentials.ts';
import { RateLimiter } from './rate-limit.ts';
import { type Scope, type ScopeClients, scopeKey } from './scope.ts';
import type { Sessions } from './sessions.ts';
import type { Caller } from './signed-call.ts';

/** What opening a scope needs. */
export type OpenOptions = {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly tally: CallTally;
  /** Where roles are assumed; undefined: in the region of the scope. */
  readonly stsRegion: string | undefined;
};

// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const dataRates = { calls: 50, points: 180_000 };
// docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html: 15 a second, for everyone in the account.
const tagRates = { calls: 10, points: Number.POSITIVE_INFINITY };
const listRates = { calls: 25, points: Number.POSITIVE_INFINITY };

/** Opens a scope. @throws SourceError when its role cannot be assumed or its account cannot be read. */
export async function openScope(scope: Scope, options: OpenOptions): Promise<ScopeClients> {
  const { clock, deadline, sessions, tally } = options;
  const { region, role } = scope;
  const stsRegion = options.stsRegion ?? region;
  const own = ownCredentials(deadline, stsRegion);
  const sts: Caller = { region: stsRegion, credentials: own, deadline, clock };
  if (role === undefined) {
    const account = await sessions.ownAccount(sts, tally);
    return createClients(scope, { account, credentials: own }, options);
  }
  const credentials = () => sessions.assume(role, sts, tally);
  const reject = (rejected: AwsCredentials) => sessions.reject(rejected, clock.now());
  await credentials();
  const account = accountOf(role.roleArn);
  return createClients(scope, { account, credentials, reject }, options);
}

type Opened = Pick<ScopeClients, 'account'> & Pick<Caller, 'credentials' | 'reject'>;

function createClients(
  scope: Scope,
  { account, credentials, reject }: Opened,
  { clock, deadline, tally }: OpenOptions,
): ScopeClients {
  const { region } = scope;
  const connections = new Connections();
  const caller: Caller = { region, credentials, reject, deadline, clock, connections };
  let ecs: EcsApi | undefined;
  return {
    ...scope,
    key: scopeKey(scope),
    account,
    cloudwatch: createCloudWatchApi(caller),
    dataLimiter: new RateLimiter(dataRates, { clock, tally }),
    listLimiter: new RateLimiter(listRates, { clock, tally }),
    tagLimiter: new RateLimiter(tagRates, { clock, tally }),
    caller,
    ecs: () => {
      ecs ??= createEcsApi({ region, credentials, reject, clock, tally }, deadline);
      return ecs;
    },
    close: () => {
      connections.close();
      ecs?.close();
    },
  };
}

function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}
