// Real SDK clients that are pointed at a fake: one attempt only, so that a test sees each answer as it comes.
import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { accessKeyOf } from './other/identity.ts';

/** Where a client calls, and as whom. */
export type ClientSpec = {
  readonly url: string;
  readonly account?: string;
  readonly region?: string;
  readonly maxAttempts?: number;
};

/** Configuration that any SDK client takes. */
export function clientConfig({ url, account, region, maxAttempts }: ClientSpec) {
  return {
    endpoint: url,
    region: region ?? 'eu-west-1',
    maxAttempts: maxAttempts ?? 1,
    credentials: {
      accessKeyId: accessKeyOf(account ?? '111122223333'),
      secretAccessKey: 'not-a-secret',
    },
  };
}

/** An ECS client. */
export function ecsClient(spec: ClientSpec): ECSClient {
  return new ECSClient(clientConfig(spec));
}

/** A CloudWatch client; JSON unless another protocol is given. */
export function cloudWatchClient(
  spec: ClientSpec,
  protocol?: NonNullable<CloudWatchClientConfig['protocol']>,
): CloudWatchClient {
  return new CloudWatchClient({
    ...clientConfig(spec),
    ...(protocol === undefined ? {} : { protocol }),
  });
}

/** A request that is signed in form only, for services without a client here. */
export type RawSpec = ClientSpec & { readonly scope: string };

/** The headers of such a request. */
export function signedHeaders({ account, region, scope }: RawSpec): Record<string, string> {
  const key = accessKeyOf(account ?? '111122223333');
  const credential = `${key}/20260101/${region ?? 'eu-west-1'}/${scope}/aws4_request`;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=00`,
  };
}
