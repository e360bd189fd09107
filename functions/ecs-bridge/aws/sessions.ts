// Credentials of roles and the own account, as a warm function remembers them. A cold one asks STS again.
import type { AwsCredentials, EpochMs, RoleConfig } from '@fargaze/core/internal';
import type { CallTally } from './call-tally.ts';
import { RateLimiter } from './rate-limit.ts';
import type { Caller } from './signed-call.ts';
import { assumeRole, getAccount, type Session } from './sts.ts';

/** Credentials are renewed when they would end during a run. */
const renewMs: EpochMs = 5 * 60_000;

/** Credentials that AWS rejects although they are younger than this are not renewed: new ones would not help either. */
const youngMs: EpochMs = 60_000;

const rejected: EpochMs = Number.NEGATIVE_INFINITY;

/** STS allows 600 calls a second. */
const rates = { calls: 100, points: Number.POSITIVE_INFINITY };

/** Sessions by role. */
export class Sessions {
  readonly #byRole = new Map<string, Promise<Session>>();
  /** Since when there are credentials. */
  readonly #since = new WeakMap<AwsCredentials, EpochMs>();
  #account: string | undefined;

  /**
   * Credentials of the role that last for a run. All who want them at once get the same ones.
   * @throws SourceError when the role cannot be assumed.
   */
  async assume(role: RoleConfig, caller: Caller, tally: CallTally): Promise<Session> {
    const key = `${role.roleArn} ${role.externalId ?? ''}`;
    const known = this.#byRole.get(key);
    const session = await known;
    const needed = caller.clock.now() + renewMs;
    const lasts = session !== undefined && session.expiration.getTime() > needed;
    if (lasts && this.#since.get(session) !== rejected) return session;
    // Somebody else may have asked meanwhile.
    const newer = this.#byRole.get(key);
    if (newer !== undefined && newer !== known) return newer;
    const asked = inTurn('AssumeRole', () => assumeRole(caller, role), { caller, tally });
    this.#byRole.set(key, asked);
    asked.then(
      (made) => this.#since.set(made, caller.clock.now()),
      () => this.#byRole.delete(key),
    );
    return asked;
  }

  /** Takes credentials that AWS rejects for ended, as of a role that was made anew; whether there may be others. */
  reject(credentials: AwsCredentials, now: EpochMs): boolean {
    const since = this.#since.get(credentials);
    if (since === undefined || now - since < youngMs) return false;
    this.#since.set(credentials, rejected);
    return true;
  }

  /** The account of the function's own credentials. @throws SourceError */
  async ownAccount(caller: Caller, tally: CallTally): Promise<string> {
    this.#account ??= await inTurn('GetCallerIdentity', () => getAccount(caller), {
      caller,
      tally,
    });
    return this.#account;
  }
}

type Turn = { readonly caller: Caller; readonly tally: CallTally };

/** Makes a call, and again while that may help. */
function inTurn<T>(api: string, make: () => Promise<T>, { caller, tally }: Turn): Promise<T> {
  const limiter = new RateLimiter(rates, { clock: caller.clock, tally });
  return limiter.run({ api, make }, caller.deadline);
}
