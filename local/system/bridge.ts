// Runs ecs-bridge by hand, so that CloudWatch is seen at once and not at the next tick that is due.

/** The name that serverless.yml gives the function in its default stage. */
const name = 'fargaze-dev-ecs-bridge';

/** Invokes the function at serverless-offline's `url` without a schedule, which reads everything. @throws Error when it fails. */
export async function readBridgeOnce(url: string): Promise<void> {
  const response = await fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    body: '{}',
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await response.text();
  const failed = response.headers.has('x-amz-function-error') || /"errorMessage"/.test(answer);
  if (!response.ok || failed) throw new Error(`ecs-bridge: status ${response.status}: ${answer}`);
}
