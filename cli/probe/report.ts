// A result in parts that text and JSON share: verdict, phases in their order, certificate, the rule that decided.

import type { Seconds } from '../../layers/core/src/clock.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import type { Module } from '../../layers/core/src/config/modules.ts';
import { ConfigError, messageOf } from '../../layers/core/src/errors.ts';
import { phases as allPhases } from '../../layers/core/src/outcome.ts';
import { redactUrls } from '../../layers/core/src/redact.ts';
import type { Sample } from '../../layers/core/src/sample.ts';
import type { ProbeResult } from './observe.ts';
import { decidingRule } from './rules.ts';
import type { RefusedProbe } from './targets.ts';

/** How long a phase took. */
export type PhaseTime = { readonly phase: string; readonly seconds: Seconds };

/** What the server showed of itself. Times are ISO 8601. */
export type CertificateReport = {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly validFrom: string;
  readonly validUntil: string;
  readonly daysLeft: number;
  readonly trusted: boolean;
  readonly tls: string;
  readonly fingerprintSha256: string;
};

/** A result. */
export type Report = {
  readonly target: string;
  readonly probe: string;
  readonly module: string;
  readonly prober: string;
  /** `null`: nothing is known. */
  readonly up: boolean | null;
  readonly seconds: Seconds;
  readonly failure?: { readonly phase: string; readonly reason: string; readonly detail: string };
  /** Why nothing is known. */
  readonly trouble?: string;
  readonly rule?: string;
  readonly phases: readonly PhaseTime[];
  readonly certificate?: CertificateReport;
  readonly samples: Readonly<Record<string, number>>;
  readonly log: readonly string[];
};

/** The report on a result, at `now` in milliseconds. */
export function reportOf({ observation, selected }: ProbeResult, now: number): Report {
  const { fault, instance, name, outcome, samples, seconds, trace } = observation;
  const { module } = selected.target;
  const certificate = certificateOf(samples, now);
  const trouble = outcome === undefined ? troubleOf(fault) : undefined;
  const rule = outcome && decidingRule(module, outcome);
  return {
    target: instance,
    probe: name,
    module: module.name,
    prober: module.prober,
    up: outcome?.ok ?? null,
    seconds,
    ...(outcome?.ok === false && {
      failure: { phase: outcome.phase, reason: outcome.reason, detail: outcome.detail },
    }),
    ...(trouble !== undefined && { trouble }),
    ...(rule !== undefined && { rule }),
    phases: phasesOf(samples, module),
    ...(certificate !== undefined && { certificate }),
    samples: Object.fromEntries(samples.map((one) => [seriesName(one), one.value])),
    log: trace,
  };
}

/** The report on a probe that could not be run at all. */
export function reportUnread({ fault, probe }: RefusedProbe, { modules }: Config): Report {
  return {
    target: redactUrls(probe.target),
    probe: probe.name,
    module: probe.module,
    prober: modules[probe.module]?.prober ?? '',
    ...{ up: null, seconds: 0, trouble: fault, phases: [], samples: {}, log: [] },
  };
}

function troubleOf(fault: unknown): string {
  if (fault === undefined) return 'this machine was too busy to judge; try again';
  if (!(fault instanceof ConfigError)) return messageOf(fault);
  // Of what was read and how many mistakes it has, a report on one target needs nothing.
  return fault.issues.map(({ message, path }) => `${path} ${message}`.trim()).join('; ');
}

/** The times of the prober's phases, in the order in which they happen; those that took no time did not happen. */
function phasesOf(samples: readonly Sample[], { prober }: Module): PhaseTime[] {
  const metric = `probe_${prober}_duration_seconds`;
  const times = samples
    .filter((one) => one.metric === metric && one.value > 0)
    .map(({ labels, value }) => ({ phase: labels.phase ?? '', seconds: value }));
  const order = new Map<string, number>(allPhases.map((phase, index) => [phase, index]));
  return times.sort((a, b) => (order.get(a.phase) ?? 0) - (order.get(b.phase) ?? 0));
}

function certificateOf(samples: readonly Sample[], now: number): CertificateReport | undefined {
  const find = (metric: string) => samples.find((one) => one.metric === metric);
  const leaf = find('probe_ssl_last_chain_info')?.labels;
  const expiry = find('probe_ssl_earliest_cert_expiry')?.value;
  if (leaf === undefined || expiry === undefined) return undefined;
  const version = find('probe_tls_version_info')?.labels.version ?? '';
  const cipher = find('probe_tls_cipher_info')?.labels.cipher ?? '';
  return {
    subject: leaf.subject ?? '',
    issuer: leaf.issuer ?? '',
    names: (leaf.subjectalternative ?? '').split(',').filter((name) => name !== ''),
    validFrom: isoOf(find('probe_ssl_leaf_not_before_timestamp_seconds')?.value ?? 0),
    validUntil: isoOf(expiry),
    daysLeft: Math.floor((expiry - now / 1000) / 86_400),
    trusted: find('probe_ssl_verified')?.value === 1,
    tls: `${version} ${cipher}`.trim(),
    fingerprintSha256: leaf.fingerprint_sha256 ?? '',
  };
}

function isoOf(seconds: Seconds): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function seriesName({ labels, metric }: Sample): string {
  const inner = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
  return inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`;
}
