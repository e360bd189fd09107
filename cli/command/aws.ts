// What is missing in the environment of AWS, in words that say what to do.
import { messageOf } from '../../layers/core/src/errors.ts';
import { UsageError } from './command.ts';

/** What `read` answers. @throws UsageError where credentials or the region are what is missing. */
export async function withAwsHints<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const message = messageOf(error);
    if (/credential|ExpiredToken|UnrecognizedClient|token .*expired/i.test(message)) {
      throw new UsageError(
        message,
        'want AWS_PROFILE, or AWS_ACCESS_KEY_ID and what goes with it; see: aws sts get-caller-identity',
      );
    }
    if (/region is missing|AWS_REGION is/i.test(message))
      throw new UsageError(message, 'want AWS_REGION');
    throw error;
  }
}
