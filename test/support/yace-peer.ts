// What YACE itself makes of the peer scenario, by the file that the bridge is given too. It knows no clock but the machine's, so
// the scenario stands at the present.
import { resolve } from 'node:path';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { Program } from '../../local/programs/find.ts';
import { waitFor } from '../../local/programs/process.ts';
import { launch } from '../../local/programs/servers.ts';

const config = resolve('test/fixtures/yace/peer.yml');

/** Series as Prometheus text has them, those of CloudWatch only, in order. */
export async function scrapeYace(
  program: Program,
  { fake, flags }: { readonly fake: FakeAws; readonly flags: readonly string[] },
): Promise<string[]> {
  const server = await launch({
    program,
    args: (port) => [
      `--config.file=${config}`,
      `--listen-address=127.0.0.1:${port}`,
      '--scraping-interval=3600',
      ...flags,
    ],
    env: () => ({
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
  });
  try {
    let lines: string[] = [];
    await waitFor({
      what: "YACE's first reading",
      seconds: 60,
      processes: [server.process],
      check: async () => {
        const text = await (await fetch(`${server.url}/metrics`)).text();
        lines = text.split('\n').filter((line) => line.startsWith('aws_'));
        return lines.length > 0;
      },
    });
    return lines.sort();
  } finally {
    await server.stop();
  }
}
