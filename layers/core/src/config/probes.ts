// What to probe: the probes of fargaze.yml after compilation, and the targets that they become when they run.
import type { Seconds } from '../clock.ts';
import { redactUrl } from '../redact.ts';
import type { ProbeAlerting } from './alerting.ts';
import type { Module, Prober } from './modules.ts';

/** Where a probe runs from: one place, so that its results have one writer. */
export type Vantage = 'internet' | 'vpc';

/** One configured probe. */
export type ProbeConfig = ProbeAlerting & {
  readonly name: string;
  readonly module: string;
  /** May hold `${NAME}` or `${NAME:-default}`, filled from the environment when the probe runs. */
  readonly target: string;
  readonly interval: Seconds;
  readonly job: string;
  readonly vantage: Vantage;
  /** The label `instance`, where it is not the target without its secrets. */
  readonly instance?: string;
  /** The ECS service behind the target; while it is rolled out FargazeProbeFailed is held back. */
  readonly rollout?: { readonly cluster: string; readonly service: string };
};

/** What a probe is handed: a target ready to be dialled. */
export type Target<M extends Module = Module> = {
  /** The configured name, or the address of an ad-hoc target. */
  readonly name: string;
  /** The address with variables filled in; may hold credentials, so it is never logged as it is. */
  readonly address: string;
  /** The label `instance`; holds no secret. */
  readonly instance: string;
  readonly module: M;
};

/** The label `instance` of a probe whose target has the variables of `address` filled in. */
export function instanceOf(
  { instance }: { readonly instance?: string | undefined },
  address: string,
): string {
  return instance ?? redactUrl(address);
}

/** The job of results of targets that an event names: no probe may have it. */
export const adHocJob = 'fargaze-ad-hoc';

/** The job of results that name no other. */
export const defaultJobs: Readonly<Record<Prober, string>> = {
  http: 'fargaze-web',
  tcp: 'fargaze-web',
  dns: 'fargaze-web',
  grpc: 'fargaze-web',
  redis: 'fargaze-redis',
};

/** Where probes run that name no vantage: where the one function stands that every deployment has for their kind. */
export const defaultVantages: Readonly<Record<Prober, Vantage>> = {
  http: 'internet',
  tcp: 'internet',
  dns: 'internet',
  grpc: 'internet',
  redis: 'vpc',
};

/** Which function probes a kind: its main prober stands for it, so `web-probe` has `http`, tcp, dns and grpc. */
export const servedBy: Readonly<Record<Prober, 'http' | 'redis'>> = {
  http: 'http',
  tcp: 'http',
  dns: 'http',
  grpc: 'http',
  redis: 'redis',
};
