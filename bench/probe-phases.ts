// How far the phases of a probe are from what the targets really did by their own clock, beside blackbox_exporter, at several
// probes at once.
import { startBlackboxExporter } from '../local/programs/servers.ts';
import { packageFunction, type Setting } from './probe-setting.ts';
import type { Took } from './probe-targets.ts';
import { median } from './statistics.ts';

/** Errors in milliseconds over all phases, probes and rounds. */
export type PhaseResult = {
  readonly name: 'web-probe' | 'blackbox_exporter';
  readonly scheme: 'http' | 'https';
  readonly atOnce: number;
  readonly median: number;
  readonly p95: number;
  readonly values: number;
};

/** What the targets are asked for, in milliseconds. Their timers are late, so what they took is asked for afterwards. */
const asked = { processing: 40, transfer: 30 } as const;

type PhaseSamples = Readonly<Record<string, number>>;

/** The samples of each answer, by the path that was asked for, in the order of time. */
type ByPath = ReadonlyMap<string, readonly PhaseSamples[]>;

/** Measures both, in turn. */
export async function measurePhases(
  setting: Setting,
  plan: { readonly atOnce: readonly number[]; readonly results: number },
): Promise<PhaseResult[]> {
  const module = 'prober: http, timeout: 5s, http: { tls_config: { insecure_skip_verify: true }';
  const blackbox = await startBlackboxExporter({
    config: `modules: { m: { ${module}, preferred_ip_protocol: ip4 } } }\n`,
  });
  const results: PhaseResult[] = [];
  try {
    for (const scheme of ['http', 'https'] as const) {
      for (const atOnce of plan.atOnce) {
        const rounds = Math.ceil(plan.results / atOnce);
        const port = scheme === 'http' ? setting.ports.http : setting.ports.slowHttps;
        const paths = Array.from(
          { length: atOnce },
          (_, n) => `/${asked.processing}/${asked.transfer}/${n}`,
        );
        const urls = paths.map((path) => `${scheme}://127.0.0.1:${port}${path}`);
        const probes = urls.map((url, n) => `  - { name: p${n}, module: m, target: '${url}' }`);
        const config = `modules: { m: { ${module} } } }\nprobes:\n${probes.join('\n')}\n`;
        const invoke = await packageFunction(setting, config);
        const env = { FARGAZE_SINK: 'stdout' };
        await askTook(setting);
        const { summaries } = await invoke({
          event: { explain: true },
          times: rounds + warmUps,
          env,
        });
        const ours = new Map(
          paths.map((path, n) => [
            path,
            summaries.flatMap(({ results = [] }) =>
              results.filter(({ probe }) => probe === `p${n}`).map(({ samples }) => samples),
            ),
          ]),
        );
        const about = { scheme, atOnce };
        results.push({
          name: 'web-probe',
          ...about,
          ...errorsOf(ours, await askTook(setting), scheme),
        });
        const theirs = new Map<string, PhaseSamples[]>(paths.map((path) => [path, []]));
        for (let round = 0; round < rounds + warmUps; round += 1) {
          const answers = await Promise.all(urls.map((url) => askBlackbox(blackbox.url, url)));
          answers.forEach((answer, n) => {
            theirs.get(paths[n] ?? '')?.push(answer);
          });
        }
        results.push({
          name: 'blackbox_exporter',
          ...about,
          ...errorsOf(theirs, await askTook(setting), scheme),
        });
      }
    }
  } finally {
    await blackbox.stop();
  }
  return results;
}

/** Answers of a prober that is not warm yet. */
const warmUps = 2;

async function askTook({ ports }: Setting): Promise<Readonly<Record<string, readonly Took[]>>> {
  const answer = await fetch(`http://127.0.0.1:${ports.http}/took`);
  return (await answer.json()) as Readonly<Record<string, readonly Took[]>>;
}

async function askBlackbox(url: string, target: string): Promise<PhaseSamples> {
  const answer = await fetch(`${url}/probe?module=m&target=${encodeURIComponent(target)}`);
  const lines = (await answer.text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

function errorsOf(
  seen: ByPath,
  took: Readonly<Record<string, readonly Took[]>>,
  scheme: 'http' | 'https',
) {
  const phases =
    scheme === 'https'
      ? (['tls', 'processing', 'transfer'] as const)
      : (['processing', 'transfer'] as const);
  const errors = [...seen].flatMap(([path, all]) => {
    const really = took[path] ?? [];
    if (really.length !== all.length)
      throw new Error(`${all.length} results of ${really.length} answers`);
    return all.slice(warmUps).flatMap((samples, n) => {
      if (samples.probe_success !== 1) throw new Error('a probe of a healthy target failed');
      const phase = (name: string) =>
        (samples[`probe_http_duration_seconds{phase="${name}"}`] ?? Number.NaN) * 1000;
      // On loopback connecting takes no time.
      const wrong = phases.map((name) =>
        Math.abs(phase(name) - (really[n + warmUps]?.[name] ?? Number.NaN)),
      );
      return [phase('connect'), ...wrong];
    });
  });
  const sorted = [...errors].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  return { median: median(errors), p95, values: errors.length };
}
