// Probes one web target by several requests after each other, which share cookies and values, within one deadline. The first
// that fails is the verdict; then only those run that always do.
import {
  type Failure,
  failure,
  type HttpModule,
  type HttpStep,
  type Outcome,
  type Probe,
  type ProbeEnvironment,
  type Reading,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { CookieJar } from './cookies.ts';
import type { Answered } from './hop.ts';
import { type Measured, phaseNames, shownPhases, startMeasuring, toSamples } from './measured.ts';
import { targetUrl } from './request.ts';
import { extract, maxSearched } from './steps/extract.ts';
import { fillStep, Missing } from './steps/fill.ts';
import { type Along, visit } from './visit.ts';

/** Share of the time that is kept for steps that always run. */
const keptShare = 0.2;

/** Values below which hiding them would hide other words, and which are no secrets. */
const shortest = 4;

/** What the steps know of each other. */
type Course = {
  readonly target: Target<HttpModule>;
  readonly base: URL;
  readonly jar: CookieJar;
  readonly values: Map<string, string>;
  readonly secrets: string[];
};

/** A step that ran. */
type Ran = {
  readonly step: HttpStep;
  readonly measured: Measured;
  readonly outcome: Outcome;
};

/** The web probe of a module with steps. */
export const probeSteps: Probe<Target<HttpModule>> = async (target, env): Promise<Reading> => {
  const { steps = [] } = target.module;
  const base = targetUrl(target.address);
  if ('ok' in base) return { outcome: base, samples: toSamples(startMeasuring(), target.module) };
  const course = { target, base, jar: new CookieJar(), values: new Map(), secrets: [] };
  const kept = env.deadline.remaining() * keptShare;
  const ran: Ran[] = [];
  let verdict: Ran | undefined;
  for (const [index, step] of steps.entries()) {
    if (verdict !== undefined && !step.always) continue;
    const isFollowed = !step.always && steps.slice(index).some(({ always }) => always);
    const one = await runInTime(step, course, { env, index, kept: isFollowed ? kept : 0 });
    if (one === undefined) continue;
    ran.push(one);
    if (!one.outcome.ok) verdict ??= one;
  }
  const last = ran.filter(({ step }) => !step.always).at(-1) ?? ran.at(-1);
  return {
    outcome: verdict?.outcome ?? { ok: true },
    samples: [
      ...toSamples(together(ran, verdict ?? last), moduleOf(target.module, verdict ?? last)),
      ...ran.flatMap(stepSamples),
    ],
  };
};

type Turn = { readonly env: ProbeEnvironment; readonly index: number; readonly kept: number };

/** Runs a step in its share of the time; undefined where it needs a value that was never found. */
async function runInTime(
  step: HttpStep,
  course: Course,
  { env, index, kept }: Turn,
): Promise<Ran | undefined> {
  const deadline = env.deadline.slice(env.deadline.remaining() - kept);
  const trace = (line: string) => env.trace(`step ${step.name}: ${line}`);
  const measured = startMeasuring();
  try {
    const fault = await runStep(step, course, {
      env: { ...env, deadline, trace },
      index,
      measured,
    });
    const outcome =
      fault === undefined
        ? ({ ok: true } as const)
        : { ...fault, detail: `step ${step.name}: ${fault.detail}` };
    return { step, measured, outcome };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    trace(`not run: ${error.message} was not found`);
    return undefined;
  } finally {
    deadline.close();
  }
}

type Run = Omit<Turn, 'kept'> & { readonly measured: Measured };

async function runStep(
  step: HttpStep,
  course: Course,
  { env, index, measured }: Run,
): Promise<Failure | undefined> {
  const { base, jar, secrets, target, values } = course;
  const { module } = target;
  const filled = fillStep(step, values, { base, ...(module.hosts && { hosts: module.hosts }) });
  if ('ok' in filled) return filled;
  learn(secrets, filled.secrets);
  const body: Buffer[] = [];
  let length = 0;
  let answer: { readonly url: URL; readonly response: Answered['response'] } | undefined;
  const looks = step.extract.some(({ cookie, header }) => (cookie ?? header) === undefined);
  const along: Along = {
    jar,
    secrets,
    take: (part) => {
      length += part.length;
      if (looks && length <= maxSearched) body.push(part);
    },
    answered: (url, response) => {
      answer = { url, response };
    },
  };
  // Faults of secrets name the place by the name of the module.
  const named = { ...module, name: `${module.name}.steps[${index}]`, http: filled.http };
  const fault = await visit({ ...target, address: filled.url.href, module: named }, env, {
    measured,
    along,
  });
  if (fault !== undefined || answer === undefined) return fault;
  for (const wanted of step.extract) {
    try {
      const { response, url } = answer;
      const cookie = (name: string) => jar.valueOf(name, url);
      const about = { rawHeaders: response.rawHeaders, cookie, body, length };
      const found = await extract(wanted, about, env);
      if ('ok' in found) return found;
      values.set(`${step.name}.${wanted.name}`, found.value);
      learn(secrets, [found.value]);
      env.trace(`${wanted.name}: ${found.value.length} characters`);
    } catch (error) {
      if (!env.deadline.signal.aborted) throw error;
      return failure('transfer', 'timeout', `${wanted.name} was not found in time`);
    }
  }
  return undefined;
}

function learn(secrets: string[], values: readonly string[]): void {
  secrets.push(...values.filter(({ length }) => length >= shortest));
}

/** The phases of all steps; everything else of the one that decided. */
function together(ran: readonly Ran[], decided: Ran | undefined): Measured {
  const whole = { ...startMeasuring(), ...decided?.measured };
  const expiries = ran.flatMap(({ measured }) => measured.earliestExpiry ?? []);
  const phases = { ...whole.phases };
  for (const phase of phaseNames) {
    const times = ran.map(({ measured }) => measured.phases[phase]);
    phases[phase] = roundSeconds(times.reduce((sum, one) => sum + one, 0));
  }
  return {
    ...whole,
    phases,
    resolved: ran.some(({ measured }) => measured.resolved),
    earliestExpiry: expiries.length === 0 ? undefined : Math.min(...expiries),
  };
}

function moduleOf(module: HttpModule, decided: Ran | undefined): HttpModule {
  return decided === undefined ? module : { ...module, http: decided.step.http };
}

function stepSamples({ measured, outcome, step: { name: step } }: Ran): Sample[] {
  return [
    sample('probe_step_success', { step }, outcome.ok ? 1 : 0),
    ...shownPhases(measured).map((phase) =>
      sample('probe_step_duration_seconds', { step, phase }, measured.phases[phase]),
    ),
  ];
}
