// The function's own credentials: in Lambda from the environment, elsewhere as the SDK finds them (profiles, single sign-on).
// The SDK is no part of the bundle: Lambda brings it, and the repository has it.
import {
  type AwsCredentials,
  type Deadline,
  readAwsCredentials,
  readEnv,
} from '@fargaze/core/internal';

type Find = () => Promise<AwsCredentials>;

/** What a run has found with: a program that a profile names may ask its user each time. */
const ofRuns = new WeakMap<Deadline, Promise<Find>>();

/**
 * Asks for the credentials anew each time: they may be renewed. Those of a profile are looked for once in a run, and roles
 * that it names are assumed in `region`.
 */
export function ownCredentials(run: Deadline, region: string): Find {
  return async () => {
    if (isInEnvironment()) return readAwsCredentials();
    let find = ofRuns.get(run);
    if (find === undefined) {
      // Its result is kept until shortly before it ends.
      find = import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
        defaultProvider({ parentClientConfig: { region: async () => region } }),
      );
      ofRuns.set(run, find);
    }
    return (await find)();
  };
}

/** Only a whole pair of keys counts. A profile that is named wins over it, as in the SDK, but not in a function. */
function isInEnvironment(): boolean {
  const named = readEnv('AWS_PROFILE') !== undefined;
  if (named && readEnv('AWS_LAMBDA_FUNCTION_NAME') === undefined) return false;
  return ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].every((name) => readEnv(name));
}
