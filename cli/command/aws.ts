// What is missing in the environment of AWS, in words that say what to do.
import { readEnv } from '../../layers/core/src/env.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import { UsageError } from './command.ts';
import { shellWord } from './shell-word.ts';

/** What `read` answers. @throws UsageError where credentials or the region are what is missing. */
export async function withAwsHints<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const message = messageOf(error);
    if (/credential|ExpiredToken|UnrecognizedClient|token .*expired/i.test(message)) {
      throw new UsageError(message, credentialHint(readEnv('AWS_PROFILE')));
    }
    if (/region is missing|AWS_REGION is|the region is/i.test(message))
      throw new UsageError(
        message,
        'want AWS_REGION, or AWS_PROFILE with a profile that has a region',
      );
    throw error;
  }
}

function credentialHint(profile: string | undefined): string {
  if (profile === undefined) {
    return 'want AWS_PROFILE, or AWS_ACCESS_KEY_ID and what goes with it; see: aws sts get-caller-identity';
  }
  const name = shellWord(profile);
  return `want a profile that gives them; see: aws sts get-caller-identity --profile ${name}; where it wants single sign-on: aws sso login --profile ${name}; a code: aws configure export-credentials --format env --profile ${name}`;
}
