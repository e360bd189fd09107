// Credentials of roles and the own account, as a warm function remembers them. A cold one asks STS again.
import type { RoleConfig } from '@fargaze/core/internal';
import { addTo, type CallTally } from './call-tally.ts';
import type { Caller } from './signed-call.ts';
import { assumeRole, getAccount, type Session } from './sts.ts';

/** Credentials are renewed when they would end during a run. */
const renewMs = 5 * 60_000;

/** Sessions by role. */
export class Sessions {
  readonly #byRole = new Map<string, Session>();
  #account: string | undefined;

  /** Credentials of the role that last for a run. @throws SourceError when the role cannot be assumed. */
  async assume(role: RoleConfig, caller: Caller, tally: CallTally): Promise<Session> {
    const key = `${role.roleArn} ${role.externalId ?? ''}`;
    const known = this.#byRole.get(key);
    const needed = caller.clock.now() + renewMs;
    if (known !== undefined && known.expiration.getTime() > needed) return known;
    addTo(tally.requests, 'AssumeRole');
    const session = await assumeRole(caller, role);
    this.#byRole.set(key, session);
    return session;
  }

  /** The account of the function's own credentials. @throws SourceError */
  async ownAccount(caller: Caller, tally: CallTally): Promise<string> {
    if (this.#account === undefined) {
      addTo(tally.requests, 'GetCallerIdentity');
      this.#account = await getAccount(caller);
    }
    return this.#account;
  }
}
