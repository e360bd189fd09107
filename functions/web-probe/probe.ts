// Probes one web target: hop by hop, then the rules. Emits blackbox_exporter's series, also for what happened
// before a failure.
import {
  type DialFacts,
  dialSamples,
  type Failure,
  type HttpModule,
  type HttpOptions,
  hideSecrets,
  type OAuth2Options,
  type Probe,
  type ProbeEnvironment,
  type Reading,
  redactUrl,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { readBody } from './body.ts';
import { BodyRules, type Judgement, judgeConnection, judgeHead } from './conditions.ts';
import { CookieJar } from './cookies.ts';
import { contentLength, lastModified } from './head-facts.ts';
import { type Answered, type HopRequest, openHop } from './hop.ts';
import { isRedirect, maxRedirects, nextRequest } from './redirects.ts';
import { firstRequest } from './request.ts';

const phaseNames = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

type PhaseName = (typeof phaseNames)[number];

/** What is measured so far; the probe fills it in as it goes. */
type Measured = {
  readonly phases: Record<PhaseName, number>;
  resolved: boolean;
  facts: DialFacts | undefined;
  redirects: number;
  /** Of the certificates of all hops, seconds since 1970. */
  earliestExpiry: number | undefined;
  response: Answered['response'] | undefined;
  /** Method of the last request. */
  method: string;
  secure: boolean;
  bodyLength: number;
  regexFailed: boolean;
  celFailed: boolean;
};

/** The web probe. */
export const probeWeb: Probe<Target<HttpModule>> = async (target, env): Promise<Reading> => {
  const measured: Measured = {
    phases: { resolve: 0, connect: 0, tls: 0, processing: 0, transfer: 0 },
    resolved: false,
    facts: undefined,
    redirects: 0,
    earliestExpiry: undefined,
    response: undefined,
    method: 'GET',
    secure: false,
    bodyLength: 0,
    regexFailed: false,
    celFailed: false,
  };
  const fault = await run(target, env, measured);
  const outcome = fault ?? ({ ok: true } as const);
  return { outcome, samples: toSamples(measured, target.module) };
};

async function run(
  target: Target<HttpModule>,
  env: ProbeEnvironment,
  measured: Measured,
): Promise<Failure | undefined> {
  const options = target.module.http;
  const token = options.oauth2 && (await tokenFor(options.oauth2, options, env));
  if (token !== undefined && 'ok' in token) return token;
  const first = firstRequest(target, token?.token);
  if ('ok' in first) return first;
  const { secrets } = first;
  const hosts = target.module.hosts ?? [];
  const trace = (line: string) => env.trace(hideSecrets(line, secrets));
  const fault = await follow(first.ask, {
    options,
    hosts,
    env: { ...env, trace },
    measured,
    secrets,
  });
  return fault && { ...fault, detail: hideSecrets(fault.detail, secrets) };
}

/** What OAuth 2.0 takes is no part of what is measured. */
async function tokenFor(oauth2: OAuth2Options, options: HttpOptions, env: ProbeEnvironment) {
  const { fetchToken } = await import('./oauth2.ts');
  return fetchToken(oauth2, options, env);
}

type Errand = Judgement & {
  readonly measured: Measured;
  /** Hosts that may be sent what the module holds, besides the first. */
  readonly hosts: readonly string[];
};

async function follow(first: HopRequest, errand: Errand): Promise<Failure | undefined> {
  const { env, hosts, measured, options } = errand;
  const jar = new CookieJar(first);
  let ask = first;
  for (;;) {
    env.trace(`${ask.method} ${redactUrl(ask.url.href)}`);
    const hop = await openHop(ask, options, env);
    record(measured, hop);
    if (!hop.ok) return hop.outcome;
    measured.secure = ask.url.protocol === 'https:';
    measured.method = ask.method;
    const redirected = isRedirect(hop.response);
    if (redirected) measured.redirects += 1;
    if (!redirected || !options.followRedirects || measured.redirects > maxRedirects) {
      return judgeAnswer(hop, { ...errand, redirectLimit: redirected && options.followRedirects });
    }
    hop.close();
    jar.store(ask.url, hop.response, env.clock.now());
    const next = nextRequest(ask, hop.response, { jar, hosts });
    if ('ok' in next) return next;
    ask = next;
  }
}

type Judging = Errand & { readonly redirectLimit: boolean };

/** Rules on the head come first, but the body is read all the same: its length and time are facts. */
async function judgeAnswer(hop: Answered, about: Judging): Promise<Failure | undefined> {
  const { env, measured, options, redirectLimit } = about;
  const { response } = hop;
  const answer = {
    status: response.statusCode ?? 0,
    rawHeaders: response.rawHeaders,
    httpVersion: response.httpVersion,
    secure: measured.secure,
    redirectLimit,
  };
  const head = await judgeInTime(hop, () => judgeHead(answer, about));
  const rules = head === undefined ? new BodyRules(options) : undefined;
  const json = head === undefined ? await jsonRules(options) : undefined;
  const take = async (part: Buffer) => {
    json?.take(part);
    await rules?.read(part, env);
  };
  const body = await readBody(hop, { options, env, take });
  measured.phases.transfer = roundSeconds(env.clock.monotonic() - hop.firstByte);
  measured.bodyLength = body.fault?.reason === 'decode' ? 0 : body.length;
  const content = head ?? body.fault ?? rules?.judge(body.length) ?? json?.judge(env);
  measured.celFailed = content?.reason === 'json';
  measured.regexFailed = content?.reason === 'header' || content?.reason === 'body';
  return content ?? judgeConnection(answer, options);
}

async function jsonRules(options: HttpOptions) {
  if (options.failIfCelMatches === undefined && options.failIfCelNotMatches === undefined) return;
  const { JsonRules } = await import('./cel/rules.ts');
  return new JsonRules(options);
}

/** What `judge` says, or that the time was up. */
async function judgeInTime(
  { explainEnd }: Answered,
  judge: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  try {
    return await judge();
  } catch (error) {
    return { ...explainEnd(error), phase: 'processing' };
  }
}

function record(measured: Measured, hop: Awaited<ReturnType<typeof openHop>>): void {
  const { durations } = hop.facts;
  const add = (phase: PhaseName, seconds: number | undefined) => {
    measured.phases[phase] = roundSeconds(measured.phases[phase] + (seconds ?? 0));
  };
  add('resolve', durations.resolve);
  add('connect', durations.connect);
  add('tls', durations.tls);
  add('processing', hop.processing);
  measured.resolved ||= hop.facts.address !== undefined;
  measured.facts = hop.facts;
  const expiry = hop.facts.tls?.earliestExpiry;
  if (expiry !== undefined) {
    measured.earliestExpiry = Math.min(expiry, measured.earliestExpiry ?? expiry);
  }
  measured.response = hop.ok ? hop.response : undefined;
}

function toSamples(measured: Measured, { compat, http }: HttpModule): Sample[] {
  const { facts = { durations: {} }, response } = measured;
  const length = response === undefined ? 0 : contentLength(response, measured.method);
  const modified = response && lastModified(response);
  const hasCel = http.failIfCelMatches !== undefined || http.failIfCelNotMatches !== undefined;
  return [
    ...phaseSamples(measured, compat),
    sample('probe_http_status_code', {}, response?.statusCode ?? 0),
    sample('probe_http_content_length', {}, length),
    sample('probe_http_uncompressed_body_length', {}, measured.bodyLength),
    sample('probe_http_redirects', {}, measured.redirects),
    sample('probe_http_ssl', {}, measured.secure && response !== undefined ? 1 : 0),
    sample('probe_http_version', {}, Number(response?.httpVersion ?? 0)),
    sample('probe_failed_due_to_regex', {}, measured.regexFailed ? 1 : 0),
    ...(hasCel ? [sample('probe_failed_due_to_cel', {}, measured.celFailed ? 1 : 0)] : []),
    ...(modified === undefined
      ? []
      : [sample('probe_http_last_modified_timestamp_seconds', {}, modified)]),
    ...(measured.earliestExpiry === undefined
      ? []
      : [sample('fargaze_probe_ssl_earliest_cert_expiry', {}, measured.earliestExpiry)]),
    ...dialSamples(facts, { compat, answered: response !== undefined }),
  ];
}

/** A name that did not resolve has one phase; afterwards all exist, but `resolve` where a proxy does that. */
function phaseSamples(
  { facts, phases, resolved, response }: Measured,
  compat?: 'strict',
): Sample[] {
  const isLeft = facts?.address === undefined && facts?.durations.connect !== undefined;
  const shown = phaseNames.filter((phase) =>
    phase === 'resolve' ? !isLeft || resolved : resolved || isLeft,
  );
  // blackbox_exporter forgets how long an attempt took that came to nothing.
  const isLost = (phase: PhaseName) =>
    compat === 'strict' && response === undefined && phase !== 'resolve';
  return shown.map((phase) =>
    sample('probe_http_duration_seconds', { phase }, isLost(phase) ? 0 : phases[phase]),
  );
}
