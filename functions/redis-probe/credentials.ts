// Who the probe is to a server: by module, by address, or by a token of ElastiCache or MemoryDB signed here.
import {
  type Clock,
  ConfigError,
  presignUrl,
  type RedisAddress,
  type RedisOptions,
  readAwsCredentials,
  readEnv,
  readPassword,
} from '@fargaze/core/internal';

/** User and password; empty where there is none. */
export type Credentials = {
  readonly username: string;
  readonly password: string;
  /** Where the password is set, or would be, in words for whoever sets it. */
  readonly setting: 'redis.password' | 'redis.sentinel_password' | 'redis.iam' | 'the address';
};

/** Reads credentials, each time anew: a secret may have been rotated. @throws ConfigError */
export type ReadCredentials = () => Credentials;

/** How long a token may be used; the longest that AWS allows. */
const tokenSeconds = 900;

/** The module's credentials, else those of the address. */
export function credentialsOf(
  address: RedisAddress,
  options: RedisOptions,
  clock: Clock,
): ReadCredentials {
  const { iam, password, username = address.username } = options;
  return () => {
    if (iam !== undefined) {
      return { username, password: signToken(username, iam, clock), setting: 'redis.iam' };
    }
    if (password === undefined && address.password !== '') {
      return { username, password: address.password, setting: 'the address' };
    }
    const setting = 'redis.password';
    return {
      username,
      password: password === undefined ? '' : readPassword(password, setting),
      setting,
    };
  };
}

/** What the sentinels want, which is not what the servers want that they watch. */
export function sentinelCredentialsOf(options: RedisOptions): ReadCredentials {
  const { sentinelPassword: password, sentinelUsername: username = '' } = options;
  const setting = 'redis.sentinel_password';
  return () => ({
    username,
    password: password === undefined ? '' : readPassword(password, setting),
    setting,
  });
}

/**
 * A presigned request to connect, without its scheme, is the password
 * (docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html). Nothing is sent to AWS.
 */
function signToken(username: string, iam: NonNullable<RedisOptions['iam']>, clock: Clock): string {
  const region = iam.region ?? readEnv('AWS_REGION') ?? readEnv('AWS_DEFAULT_REGION');
  if (region === undefined) {
    const message = 'is unset, and AWS_REGION too, want the region of the cache';
    throw new ConfigError('module', [{ path: 'redis.iam.region', message }]);
  }
  const url = new URL(`http://${iam.name}/`);
  url.searchParams.set('Action', 'connect');
  url.searchParams.set('User', username);
  if (iam.serverless) url.searchParams.set('ResourceType', 'ServerlessCache');
  const request = { url, region, service: iam.service, at: clock.now(), seconds: tokenSeconds };
  return presignUrl(request, readAwsCredentials()).href.replace(/^http:\/\//, '');
}
