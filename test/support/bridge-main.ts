// One cold run of the bridge as a process of its own: configuration and the moment (epoch seconds) by environment, everything
// else as deployed. Prints `reading` when it begins and `done` when it has ended well.

import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import type { BridgeConfig } from '../../layers/core/src/config/bridge.ts';
import { createStdoutSink } from '../../layers/core/src/sink/stdout.ts';
import { withCalendar } from './fake-clock.ts';

const { TEST_CONFIG = '{}', TEST_NOW = '0' } = process.env;
const say = (word: string) => process.stdout.write(`${word}\n`);

async function main(): Promise<void> {
  const config = JSON.parse(TEST_CONFIG) as BridgeConfig;
  const now = () => Number(TEST_NOW) * 1000;
  const clock = withCalendar(now);
  say('reading');
  const { faults } = await runBridge(
    { config, clock, sink: createStdoutSink(() => undefined), log: () => undefined },
    {},
    { getRemainingTimeInMillis: () => 50_000 },
  );
  say(faults.length === 0 ? 'done' : faults.join('\n'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
