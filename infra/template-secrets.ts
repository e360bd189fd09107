// What must not stand in a template: whoever may read the stack would read it. Names the variable, never the value.
import { isSecretRef } from '../layers/core/src/config/secret.ts';

/** @throws RangeError naming the first variable of the functions whose text holds a password, or that should be a reference. */
export function refuseSecrets(environment: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value !== 'string' || value === '' || !holdsSecret(name, value)) continue;
    throw new RangeError(
      `${name} holds a secret, which would stand in the template: want a reference (env:NAME or file:/path) or a parameter with the secret's ARN (docs/deploy.md)`,
    );
  }
}

function holdsSecret(name: string, value: string): boolean {
  // CloudFormation looks it up; the template holds only where.
  if (value.includes('{{resolve:')) return false;
  if (/^FARGAZE_\w+_(?:PASSWORD|TOKEN)$/.test(name)) return !isSecretRef(value);
  const [, userInfo = ''] = /^[a-z][a-z0-9+.-]*:\/\/(.*)@/is.exec(value) ?? [];
  const authority = /^https?:/i.test(value) ? /^[^/?#]*/.exec(userInfo)?.[0] : userInfo;
  return authority === userInfo && userInfo.includes(':');
}
