// The region of whoever runs the command: of the environment, or of the profile that it names.
import { readEnv } from '../../layers/core/src/env.ts';

/** As functions and the SDK find it. @throws Error where there is none. */
export async function ownRegion(): Promise<string> {
  const set = readEnv('AWS_REGION') ?? readEnv('AWS_DEFAULT_REGION');
  if (set !== undefined) return set;
  const { ECSClient } = await import('@aws-sdk/client-ecs');
  const client = new ECSClient();
  try {
    return await client.config.region();
  } catch (cause) {
    // A variable that is set and empty is one for the SDK.
    throw new Error('Region is missing', { cause });
  } finally {
    client.destroy();
  }
}
