// Probes a TCP server: connects, perhaps by TLS, and speaks the steps of the module. Emits blackbox_exporter's series of its
// tcp prober, and the time of each phase besides.
import {
  dial,
  dialSamples,
  type Failure,
  failure,
  type Probe,
  type ProbeEnvironment,
  roundSeconds,
  type Sample,
  sample,
  type Target,
  type TcpModule,
} from '@fargaze/core/internal';
import { splitHostPort } from '../address/host-port.ts';
import { type Dialogue, speak } from './dialogue.ts';
import { readSends, type Sends } from './send.ts';

/** The TCP probe. */
export const probeTcp: Probe<Target<TcpModule>> = async ({ address, module }, env) => {
  const to = splitHostPort(address);
  if (to === undefined) {
    const detail = `got ${JSON.stringify(address)}, want host:port`;
    return { outcome: failure('guard', 'protocol', detail), samples: [] };
  }
  const options = module.tcp;
  const { host } = to;
  const sends = readSends(module);
  const dialed = await dial(
    {
      ...to,
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(options.secure && { tls: { options: options.tls, serverName: host } }),
      ...(options.sourceIpAddress !== undefined && { localAddress: options.sourceIpAddress }),
    },
    env,
  );
  if (!dialed.ok) {
    return {
      outcome: dialed.outcome,
      samples: [
        ...phaseSamples(dialed.facts),
        ...dialSamples(dialed.facts, { compat: module.compat, answered: false }),
      ],
    };
  }
  const talk: Dialogue = { ...dialed, regexFailed: false, bytesFailed: false };
  const begun = env.clock.monotonic();
  const fault = await speakThenClose(talk, { module, host, env, sends });
  const query = roundSeconds(env.clock.monotonic() - begun - upgradeTime(talk, dialed.facts));
  const samples = [
    ...phaseSamples(talk.facts, query),
    ...dialSamples(talk.facts, { compat: module.compat, answered: fault?.phase !== 'tls' }),
    ...verdicts(talk),
  ];
  return { outcome: fault ?? { ok: true }, samples };
};

type Errand = {
  readonly module: TcpModule;
  readonly host: string;
  readonly sends: Sends;
  readonly env: ProbeEnvironment;
};

async function speakThenClose(
  talk: Dialogue,
  { env, host, module, sends }: Errand,
): Promise<Failure | undefined> {
  const { steps, tls } = module.tcp;
  try {
    return await speak(talk, { steps, sends, tls, serverName: host }, env);
  } finally {
    talk.socket.on('error', () => undefined).destroy();
  }
}

/** Seconds of a handshake that began within the dialogue: they are a phase of their own. */
function upgradeTime({ facts }: Dialogue, before: Dialogue['facts']): number {
  return (facts.durations.tls ?? 0) - (before.durations.tls ?? 0);
}

function phaseSamples({ durations }: Dialogue['facts'], query?: number): Sample[] {
  const phases = { ...durations, ...(query !== undefined && { query: Math.max(0, query) }) };
  return (['resolve', 'connect', 'tls', 'query'] as const).flatMap((phase) => {
    const seconds = (phases as Partial<Record<typeof phase, number>>)[phase];
    return seconds === undefined ? [] : [sample('probe_tcp_duration_seconds', { phase }, seconds)];
  });
}

function verdicts({ bytesFailed, info, regexFailed }: Dialogue): Sample[] {
  return [
    sample('probe_failed_due_to_regex', {}, regexFailed ? 1 : 0),
    sample('probe_failed_due_to_bytes', {}, bytesFailed ? 1 : 0),
    // Its labels are those of the module.
    ...(info === undefined
      ? []
      : [{ metric: 'probe_expect_info', labels: info, value: 1 } as const]),
  ];
}
