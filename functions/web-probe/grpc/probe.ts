// Probes a gRPC server by its health service. Emits blackbox_exporter's series of its grpc prober.
import {
  classify,
  type DialFacts,
  dial,
  dialSamples,
  type Failure,
  failure,
  type GrpcModule,
  hideSecrets,
  messageOf,
  type Probe,
  type ProbeEnvironment,
  parseUrl,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { afterAll, mostRequests } from '../exchange/ask-again.ts';
import { isUnprocessed } from '../exchange/session.ts';
import { type HealthAnswer, servingStates } from './answer.ts';
import { checkHealth } from './health.ts';
import { type Metadata, readMetadata } from './metadata.ts';

/** What is measured so far. */
type Measured = {
  facts: DialFacts;
  check?: number;
  answer?: HealthAnswer;
  /** gRPC's status of the call, also where the connection failed. */
  status: number;
  /** Whether the server said that it did nothing with the last call. */
  unprocessed: boolean;
};

const unavailable = 14;
const deadlineExceeded = 4;

/** The gRPC probe. */
export const probeGrpc: Probe<Target<GrpcModule>> = async ({ address, module }, env) => {
  const measured: Measured = {
    facts: { durations: {} },
    status: 0,
    unprocessed: false,
  };
  const fault = await run({ address, module, env, metadata: readMetadata(module) }, measured);
  return { outcome: fault ?? { ok: true }, samples: toSamples(measured, module) };
};

type Errand = {
  readonly address: string;
  readonly module: GrpcModule;
  readonly env: ProbeEnvironment;
  readonly metadata: Metadata;
};

async function run(errand: Errand, measured: Measured): Promise<Failure | undefined> {
  let fault = await callOnce(errand, measured);
  for (let sent = 1; sent < mostRequests && measured.unprocessed; sent += 1) {
    errand.env.trace('the server has not processed the call, which is made again');
    fault = await callOnce(errand, measured);
  }
  if (fault === undefined || !measured.unprocessed) return fault;
  return { ...fault, detail: afterAll(fault.detail) };
}

async function callOnce(errand: Errand, measured: Measured): Promise<Failure | undefined> {
  const { address, env, module } = errand;
  measured.unprocessed = false;
  const options = module.grpc;
  const text = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  if (parseUrl(text) === undefined) {
    return failure('guard', 'protocol', `got ${JSON.stringify(address)}, want host:port`);
  }
  const { hostname, port } = portOf(text, options.secure ? 443 : 80);
  const begun = env.clock.monotonic();
  const dialed = await dial(
    {
      host: hostname,
      port,
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(options.secure && {
        tls: { options: options.tls, serverName: hostname, alpn: ['h2'] },
      }),
    },
    env,
  );
  measured.facts = dialed.facts;
  const { resolve = 0 } = dialed.facts.durations;
  try {
    if (dialed.ok) return await check({ ...dialed, hostname, port }, errand, measured);
    measured.status = dialed.outcome.reason === 'timeout' ? deadlineExceeded : unavailable;
    return dialed.outcome;
  } finally {
    if (dialed.facts.address !== undefined) {
      const took = env.clock.monotonic() - begun - resolve;
      measured.check = roundSeconds((measured.check ?? 0) + took);
    }
  }
}

type Connection = {
  readonly socket: import('node:net').Socket;
  readonly hostname: string;
  readonly port: number;
};

async function check(
  { hostname, port, socket }: Connection,
  { env, metadata, module }: Errand,
  measured: Measured,
): Promise<Failure | undefined> {
  const { secure, service } = module.grpc;
  const authority = `${hostname}:${port}`;
  try {
    const call = { socket, authority, secure, service, metadata: metadata.fields };
    const answer = await checkHealth(call, { signal: env.deadline.signal, clock: env.clock });
    Object.assign(measured, { answer, status: answer.status });
    const said = hideSecrets(answer.message, metadata.secrets);
    env.trace(`status ${answer.status}, ${answer.serving ?? said}`);
    if (answer.status !== 0) {
      const detail = `status ${answer.status} ${JSON.stringify(said.slice(0, 120))}, want 0 (OK)`;
      return failure('check', 'grpc_status', detail);
    }
    if (answer.serving === 'SERVING') return undefined;
    return failure('check', 'not_serving', `${answer.serving}, want SERVING`);
  } catch (error) {
    const reason = classify(error);
    if (reason === 'internal') throw error;
    measured.status = reason === 'timeout' ? deadlineExceeded : statusOfReset(error);
    measured.unprocessed = isUnprocessed(error);
    return failure('check', reason, hideSecrets(messageOf(error), metadata.secrets));
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** gRPC's status of a call whose stream the server reset (grpc.io, PROTOCOL-HTTP2, Errors, as grpc-go has it). */
const byReset: Readonly<Record<string, number>> = {
  ...{ CANCEL: 1, INADEQUATE_SECURITY: 7, REFUSED_STREAM: unavailable, STREAM_CLOSED: 2 },
  ...{ ENHANCE_YOUR_CALM: 8, FLOW_CONTROL_ERROR: 8 },
};

const internalError = 13;

function statusOfReset(error: unknown): number {
  const { reset } = error as { readonly reset?: string };
  return reset === undefined ? unavailable : (byReset[reset] ?? internalError);
}

/** URL leaves out the ports that http and https have anyway. */
function portOf(text: string, usual: number): { readonly hostname: string; readonly port: number } {
  const { hostname } = new URL(text);
  const [, given] = /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(text) ?? [];
  return { hostname, port: given === undefined ? usual : Number(given) };
}

function toSamples(
  { answer, check: seconds, facts, status }: Measured,
  module: GrpcModule,
): Sample[] {
  const { resolve = 0 } = facts.durations;
  // blackbox_exporter reports TLS only where the call itself went well.
  const hidden = module.compat === 'strict' && status !== 0;
  const { tls: _, ...withoutTls } = facts;
  return [
    sample('probe_grpc_duration_seconds', { phase: 'resolve' }, resolve),
    ...(seconds === undefined
      ? []
      : [
          sample('probe_grpc_duration_seconds', { phase: 'check' }, seconds),
          ...servingStates.map((state) =>
            sample(
              'probe_grpc_healthcheck_response',
              { serving_status: state },
              answer?.serving === state ? 1 : 0,
            ),
          ),
        ]),
    sample('probe_grpc_ssl', {}, facts.tls !== undefined && !hidden ? 1 : 0),
    sample('probe_grpc_status_code', {}, status),
    ...dialSamples(hidden ? withoutTls : facts),
  ];
}
