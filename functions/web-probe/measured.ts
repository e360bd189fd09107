// What is measured of an HTTP target while the probe goes on, and the series that it becomes.
import {
  type DialFacts,
  dialSamples,
  type HttpModule,
  roundSeconds,
  type Sample,
  type Seconds,
  sample,
} from '@fargaze/core/internal';
import { contentLength, lastModified } from './head-facts.ts';
import type { Answered, Hop } from './hop.ts';

/** The phases of an HTTP probe. */
export const phaseNames = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

/** One of them. */
export type PhaseName = (typeof phaseNames)[number];

/** What is measured so far; the probe fills it in as it goes. */
export type Measured = {
  readonly phases: Record<PhaseName, Seconds>;
  resolved: boolean;
  facts: DialFacts | undefined;
  /** Those of the first hop: which address it was, and how long the name took. */
  first: DialFacts | undefined;
  redirects: number;
  /** Of the certificates of all hops, seconds since 1970. */
  earliestExpiry: number | undefined;
  response: Answered['response'] | undefined;
  /** Method of the last request. */
  method: string;
  secure: boolean;
  /** Bytes, as they are after decompression. */
  bodyLength: number;
  regexFailed: boolean;
  celFailed: boolean;
};

/** Nothing yet. */
export function startMeasuring(): Measured {
  return {
    phases: { resolve: 0, connect: 0, tls: 0, processing: 0, transfer: 0 },
    resolved: false,
    facts: undefined,
    first: undefined,
    redirects: 0,
    earliestExpiry: undefined,
    response: undefined,
    method: 'GET',
    secure: false,
    bodyLength: 0,
    regexFailed: false,
    celFailed: false,
  };
}

/** Adds what a hop took and showed. */
export function record(measured: Measured, hop: Hop): void {
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
  measured.first ??= hop.facts;
  const expiry = hop.facts.tls?.earliestExpiry;
  if (expiry !== undefined) {
    measured.earliestExpiry = Math.min(expiry, measured.earliestExpiry ?? expiry);
  }
  measured.response = hop.ok ? hop.response : undefined;
}

/** The series of a probe that ended with `measured`. */
export function toSamples(
  measured: Measured,
  { compat, http }: Pick<HttpModule, 'compat' | 'http'>,
): Sample[] {
  const { facts, first = { durations: {} }, response } = measured;
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
    ...dialSamples(withTlsOf(facts, first), { compat, answered: response !== undefined }),
  ];
}

/** As in blackbox_exporter: the address of the first hop, the certificate of the last. */
function withTlsOf(last: DialFacts | undefined, { tls: _, ...first }: DialFacts): DialFacts {
  return { ...first, ...(last?.tls !== undefined && { tls: last.tls }) };
}

/** The phases that happened. A name that did not resolve has one; afterwards all exist, but `resolve` where a proxy does that. */
export function shownPhases({ facts, resolved }: Measured): readonly PhaseName[] {
  const isLeft = facts?.address === undefined && facts?.durations.connect !== undefined;
  return phaseNames.filter((phase) =>
    phase === 'resolve' ? !isLeft || resolved : resolved || isLeft,
  );
}

function phaseSamples(measured: Measured, compat?: 'strict'): Sample[] {
  const { phases, response } = measured;
  // blackbox_exporter forgets how long an attempt took that came to nothing.
  const isLost = (phase: PhaseName) =>
    compat === 'strict' && response === undefined && phase !== 'resolve';
  return shownPhases(measured).map((phase) =>
    sample('probe_http_duration_seconds', { phase }, isLost(phase) ? 0 : phases[phase]),
  );
}
