// Who calls: access keys that hold their account, STS and IAM's account aliases. Signatures are not verified.
import { systemClock } from '../../../layers/core/src/clock.ts';
import type { Context } from '../call/context.ts';
import { seedOf } from '../metrics/seed.ts';
import type { World } from '../model/types.ts';
import { AwsError, validationError } from '../wire/errors.ts';
import { readNumber, readText, requireText } from '../wire/input.ts';
import { Timestamp } from '../wire/timestamp.ts';

const accountKey = /^(?:AKIA|ASIA)[A-Z0-9]{4}(\d{12})$/;
const sessionKey = /^ASIA/;

/** An access key for an account; the fake answers for that account whoever signs with it. */
export function accessKeyOf(account: string): string {
  return `AKIAFAKE${account}`;
}

/** The account that a key belongs to: the one that it encodes, otherwise the default. */
export function accountOfKey(world: World, accessKey: string): string {
  return accountKey.exec(accessKey)?.[1] ?? world.defaults.account;
}

/** Sessions handed out by AssumeRole: access key to ARN of the caller. */
export type Sessions = Map<string, string>;

/** The caller's ARN. */
export function identityOf(sessions: Sessions, accessKey: string, account: string): string {
  return (
    sessions.get(accessKey) ??
    `arn:aws:iam::${account}:user/${sessionKey.test(accessKey) ? 'session' : 'local'}`
  );
}

/** GetCallerIdentity. */
export function getCallerIdentity({ call }: Context): object {
  return { UserId: call.accessKey, Account: call.account, Arn: call.identity };
}

/** AssumeRole, bound to where sessions are kept. @throws AwsError AccessDenied for a role that may not be assumed. */
export function assumeRoleWith(sessions: Sessions): (context: Context) => object {
  return (context) => {
    const { input, identity } = context.call;
    const roleArn = requireText(input, 'RoleArn');
    const session = requireText(input, 'RoleSessionName');
    const [, account = '', role = ''] =
      /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
    if (role === '') throw validationError(`${roleArn} is invalid`);
    if (!mayAssume(context.world, { account, role, externalId: readText(input, 'ExternalId') })) {
      throw new AwsError(
        { code: 'AccessDenied', status: 403 },
        `User: ${identity} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      );
    }
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
    const accessKey = `ASIA${tagOf(arn)}${account}`;
    sessions.set(accessKey, arn);
    const lifetime = readNumber(input, 'DurationSeconds') ?? 3600;
    return {
      Credentials: {
        AccessKeyId: accessKey,
        SecretAccessKey: `not-a-secret-${tagOf(`secret ${arn}`)}`,
        SessionToken: `session-${tagOf(`token ${arn}`)}`,
        // Clients compare it with their own clock, which need not be the simulated one.
        Expiration: new Timestamp(Math.max(context.view.now, systemClock.now() / 1000) + lifetime),
      },
      AssumedRoleUser: { AssumedRoleId: `AROAFAKE${account}:${session}`, Arn: arn },
    };
  };
}

type Assumption = {
  readonly account: string;
  readonly role: string;
  readonly externalId: string | undefined;
};

function mayAssume(world: World, { account, role, externalId }: Assumption): boolean {
  const known = world.accounts.get(account);
  if (known === undefined) return false;
  if (known.roles === undefined) return true;
  const wanted = known.roles.get(role);
  return known.roles.has(role) && (wanted === undefined || wanted === externalId);
}

/** Four characters as access keys have them. */
function tagOf(text: string): string {
  return (seedOf(text) % 36 ** 4).toString(36).toUpperCase().padStart(4, '0');
}

/** IAM ListAccountAliases. */
export function listAccountAliases({ region }: Context): object {
  const { alias } = region.account;
  return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
}
