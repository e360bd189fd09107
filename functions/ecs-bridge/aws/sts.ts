// The two calls of STS: which account this is, and credentials of a role.
import { type AwsCredentials, type RoleConfig, SourceError } from '@fargaze/core/internal';
import { type Caller, callSigned, textIn } from './signed-call.ts';

/** Credentials with the time at which they end. */
export type Session = AwsCredentials & { readonly expiration: Date };

/** The account that the credentials belong to; needs no permission. @throws SourceError */
export async function getAccount(caller: Caller): Promise<string> {
  return field(await callSts(caller, { Action: 'GetCallerIdentity' }), 'Account');
}

/** Credentials of a role. @throws SourceError */
export async function assumeRole(
  caller: Caller,
  { externalId, roleArn }: RoleConfig,
): Promise<Session> {
  const text = await callSts(caller, {
    Action: 'AssumeRole',
    RoleArn: roleArn,
    RoleSessionName: 'fargaze',
    ...(externalId !== undefined && { ExternalId: externalId }),
  });
  return {
    accessKeyId: field(text, 'AccessKeyId'),
    secretAccessKey: field(text, 'SecretAccessKey'),
    sessionToken: field(text, 'SessionToken'),
    expiration: new Date(field(text, 'Expiration')),
  };
}

function callSts(
  caller: Caller,
  input: { readonly Action: string } & Record<string, string>,
): Promise<string> {
  return callSigned(caller, {
    service: 'sts',
    permissions: 'sts',
    operation: input.Action,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...input, Version: '2011-06-15' }).toString(),
  });
}

/** The text of the first element `name`; an answer of STS holds each one that is read once. */
function field(xml: string, name: string): string {
  const text = textIn(xml, name);
  if (text !== undefined) return text;
  throw new SourceError(`STS: answer without ${name}`, { operation: 'STS', retryable: false });
}
