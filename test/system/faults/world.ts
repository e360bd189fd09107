// The real programs that all rows share. Every row has proxies of its own before them, and targets of its own in them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
  startRedis,
} from '../../../local/programs/servers.ts';
import { startDnsServer } from '../../support/dns-server.ts';

/** The name of 127.0.0.1 as a web target. */
export const webName = 'web.test';

/** What runs. */
export type World = {
  readonly gateway: Server;
  /** Takes what is up to half an hour late. */
  readonly prometheus: PrometheusServer;
  /** Takes nothing that is late. */
  readonly strictPrometheus: PrometheusServer;
  readonly redis: Server;
  /** Knows {@link webName}. */
  readonly dns: { readonly address: string };
  /** For files of the test; removed at the end. */
  readonly folder: string;
  stop(): Promise<void>;
};

/** Starts everything at once. */
export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'fargaze-faults-'));
  const receiver = (window: string) => {
    const configFile = join(folder, `prometheus-${window}.yml`);
    writeFileSync(configFile, `storage: { tsdb: { out_of_order_time_window: ${window} } }\n`);
    return startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] });
  };
  const [gateway, prometheus, strictPrometheus, redis, dns] = await Promise.all([
    // As it is deployed: checking everything at every push would make rows wait for each other.
    startPushgateway({ args: ['--push.disable-consistency-check'] }),
    receiver('30m'),
    receiver('0s'),
    startRedis(),
    startDnsServer({ [webName]: ['127.0.0.1'] }),
  ]);
  const stop = async () => {
    const servers = [gateway, prometheus, strictPrometheus, redis];
    await Promise.all([...servers.map((server) => server.stop()), dns.close()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { gateway, prometheus, strictPrometheus, redis, dns, folder, stop };
}
