// `fargaze bridge --dry-run`: a run of the bridge that reads no point and delivers nothing.
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { BridgeConfig } from '../../layers/core/src/config/bridge.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import { createStdoutSink } from '../../layers/core/src/sink/stdout.ts';
import { ownRegion } from '../account/region.ts';
import { withAwsHints } from '../command/aws.ts';
import { type Call, textOf, UsageError } from '../command/command.ts';
import { builtIn, hasConfiguration, readConfiguration } from '../command/configuration.ts';
import { counted } from '../command/counted.ts';

/** Seconds that a run may take. */
const patience = 50;

/** Runs and prints. */
export async function run({ io, values }: Call): Promise<number> {
  if (values['dry-run'] !== true) {
    throw new UsageError(
      'want --dry-run: points are read and delivered by the deployed function only',
      'to run it here all the same: npx serverless invoke local -f ecs-bridge',
    );
  }
  if (values.json === true && values.metrics === true)
    throw new UsageError('--json is given beside --metrics, want one of them');
  const config = hasConfiguration(values) ? readConfiguration(values).config : builtIn();
  const end = systemClock.monotonic() + patience;
  const texts: string[] = [];
  const sink = collect(texts);
  const summary = await withAwsHints(async () =>
    runBridge(
      {
        config: withoutReading(config.bridge),
        region: textOf(values, 'region') ?? (await ownRegion()),
        sink,
        log: () => undefined,
      },
      {},
      { getRemainingTimeInMillis: () => Math.max(0, (end - systemClock.monotonic()) * 1000) },
    ),
  );
  const { cloudwatch, clusters, faults, samples, services } = summary;
  const plan = cloudwatch === undefined ? undefined : planIn(cloudwatch.notes);
  if (values.json === true) {
    io.out(
      JSON.stringify({ clusters, services, samples, faults, cloudwatch: plan ?? null }, null, 2),
    );
  } else if (values.metrics === true) io.out(texts.join('\n'));
  else {
    io.out(
      `ECS: ${counted(clusters, 'cluster')}, ${counted(services, 'service')}, ${samples} series`,
    );
    io.out(
      `CloudWatch: ${config.bridge.cloudwatch === undefined ? 'not configured' : (plan ?? 'nothing to read')}`,
    );
  }
  for (const fault of faults) io.fail(fault);
  return faults.length === 0 ? 0 : 1;
}

/** The least budget that there is: what jobs ask for is found and priced, and then it is refused. */
function withoutReading({ cloudwatch, ecs }: BridgeConfig): Omit<BridgeConfig, 'shards'> {
  if (cloudwatch === undefined) return { ecs };
  return { ecs, cloudwatch: { ...cloudwatch, budget: { monthlyUsd: 1e-12, onExceed: 'refuse' } } };
}

function planIn(notes: readonly string[]): string | undefined {
  return notes.flatMap((note) => /over budget: (.*), budget /.exec(note)?.[1] ?? []).at(0);
}

function collect(texts: string[]): Sink {
  const sink = createStdoutSink((text) => texts.push(text));
  return { ...sink, name: 'dry-run', write: (batch, deadline) => sink.write(batch, deadline) };
}
