// Probes a DNS server: asks one question and judges code and records. Emits blackbox_exporter's series of its dns prober.
import {
  classify,
  type DialFacts,
  type DnsModule,
  type DnsOptions,
  dial,
  dialSamples,
  type Failure,
  failure,
  findAddress,
  messageOf,
  type Probe,
  type ProbeEnvironment,
  responseCodes,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { splitHostPort } from '../address/host-port.ts';
import { askByStream, askByUdp } from './ask.ts';
import { type DnsAnswer, DnsFormatError, encodeQuery } from './message.ts';
import { recordText } from './record-text.ts';
import { judgeSection } from './rules.ts';

/** What is measured so far. */
type Measured = {
  facts: DialFacts;
  connect: number;
  request: number;
  answer?: DnsAnswer;
};

/** The DNS probe. */
export const probeDns: Probe<Target<DnsModule>> = async ({ address, module }, env) => {
  const measured: Measured = { facts: { durations: {} }, connect: 0, request: 0 };
  const fault = await run({ address, module, env }, measured);
  return { outcome: fault ?? { ok: true }, samples: toSamples(measured, module.dns) };
};

type Errand = {
  readonly address: string;
  readonly module: DnsModule;
  readonly env: ProbeEnvironment;
};

async function run(
  { address, env, module }: Errand,
  measured: Measured,
): Promise<Failure | undefined> {
  const options = module.dns;
  const usual = options.overTls ? 853 : 53;
  const to = splitHostPort(address) ?? { host: address.replace(/^\[(.*)\]$/, '$1'), port: usual };
  if (/^[^:]*:[^:]*$|\]:/.test(to.host)) {
    const detail = `got ${JSON.stringify(address)}, want a server, or host:port`;
    return failure('guard', 'protocol', detail);
  }
  const asked = options.transport === 'udp' ? askUdp : askStream;
  const result = await asked({ ...to, options, env }, measured);
  if ('ok' in result) return result;
  measured.answer = result;
  return judge(result, module, env);
}

type Asking = {
  readonly host: string;
  readonly port: number;
  readonly options: DnsOptions;
  readonly env: ProbeEnvironment;
};

async function askUdp({ env, host, options, port }: Asking, measured: Measured) {
  const found = await findAddress({ host, ip: options, allowBlocked: options.allowBlocked }, env);
  measured.facts = found.facts;
  if (!found.ok) return found.outcome;
  const to = {
    address: found.address,
    family: found.facts.family ?? 4,
    port,
    from: options.sourceIpAddress,
  };
  const query = queryOf(options);
  return timed(env, measured, () => askByUdp(query, to, env.deadline));
}

async function askStream({ env, host, options, port }: Asking, measured: Measured) {
  const { overTls, sourceIpAddress, tls } = options;
  const dialed = await dial(
    {
      host,
      port,
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(overTls && { tls: { options: tls, serverName: host } }),
      ...(sourceIpAddress !== undefined && { localAddress: sourceIpAddress }),
    },
    env,
  );
  measured.facts = dialed.facts;
  const { durations } = dialed.facts;
  measured.connect = roundSeconds((durations.connect ?? 0) + (durations.tls ?? 0));
  if (!dialed.ok) return dialed.outcome;
  const { socket } = dialed;
  try {
    return await timed(env, measured, () => askByStream(queryOf(options), socket, env.deadline));
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

function queryOf({ queryClass, queryName, queryType, recursionDesired }: DnsOptions) {
  return encodeQuery({ name: queryName, type: queryType, class: queryClass, recursionDesired });
}

async function timed(
  { clock }: ProbeEnvironment,
  measured: Measured,
  work: () => Promise<DnsAnswer>,
): Promise<DnsAnswer | Failure> {
  const begun = clock.monotonic();
  try {
    return await work();
  } catch (error) {
    if (error instanceof DnsFormatError) return failure('request', 'protocol', error.message);
    const reason = classify(error);
    if (reason === 'internal') throw error;
    return failure('request', reason, messageOf(error));
  } finally {
    measured.request = roundSeconds(clock.monotonic() - begun);
  }
}

function judge(answer: DnsAnswer, module: DnsModule, env: ProbeEnvironment): Failure | undefined {
  const options = module.dns;
  const nameOf = (code: number) =>
    Object.keys(responseCodes).find((name) => responseCodes[name] === code) ?? String(code);
  env.trace(`${nameOf(answer.rcode)}, ${answer.answer.length} records`);
  if (!options.validRcodes.includes(answer.rcode)) {
    const wanted = options.validRcodes.map(nameOf).join(' or ');
    return failure('request', 'rcode', `${nameOf(answer.rcode)}, want ${wanted}`);
  }
  try {
    return judgeSections(answer, module);
  } catch (error) {
    if (error instanceof DnsFormatError) return failure('request', 'protocol', error.message);
    throw error;
  }
}

function judgeSections(answer: DnsAnswer, module: DnsModule): Failure | undefined {
  const options = module.dns;
  for (const name of ['answer', 'authority', 'additional'] as const) {
    const records = answer[name].map((record) => recordText(record, answer.bytes));
    const fault = judgeSection({ name, records, rules: options[name] }, module.compat);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const soa = 6;

function toSamples(
  { answer, connect, facts, request }: Measured,
  { queryType }: DnsOptions,
): Sample[] {
  const serials = answer?.answer.filter(({ type }) => type === soa) ?? [];
  const last = serials.at(-1);
  const phases = { resolve: facts.durations.resolve ?? 0, connect, request };
  return [
    ...(['resolve', 'connect', 'request'] as const).map((phase) =>
      sample('probe_dns_duration_seconds', { phase }, phases[phase]),
    ),
    sample('probe_dns_answer_rrs', {}, answer?.answer.length ?? 0),
    sample('probe_dns_authority_rrs', {}, answer?.authority.length ?? 0),
    sample('probe_dns_additional_rrs', {}, answer?.additional.length ?? 0),
    sample('probe_dns_query_succeeded', {}, answer === undefined ? 0 : 1),
    ...(answer === undefined || queryType !== soa
      ? []
      : [
          sample(
            'probe_dns_serial',
            {},
            last === undefined ? 0 : answer.bytes.readUInt32BE(last.end - 20),
          ),
        ]),
    ...dialSamples(facts),
  ];
}
