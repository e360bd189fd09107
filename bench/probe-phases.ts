// How far the phases of a probe are from what the targets did, beside blackbox_exporter, at several probes at once.
import { startBlackboxExporter } from '../local/programs/servers.ts';
import { packageFunction, type Setting, slowTlsMs } from './probe-setting.ts';
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

/** What the targets do, in milliseconds; on loopback connecting takes no time. */
const known = { connect: 0, tls: slowTlsMs, processing: 40, transfer: 30 } as const;

type PhaseSamples = Readonly<Record<string, number>>;

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
        const path = `${known.processing}/${known.transfer}`;
        const urls = Array.from(
          { length: atOnce },
          (_, n) => `${scheme}://127.0.0.1:${port}/${path}/${n}`,
        );
        const probes = urls.map((url, n) => `  - { name: p${n}, module: m, target: '${url}' }`);
        const config = `modules: { m: { ${module} } } }\nprobes:\n${probes.join('\n')}\n`;
        const invoke = await packageFunction(setting, config);
        const env = { FARGAZE_SINK: 'stdout' };
        const { summaries } = await invoke({ event: { explain: true }, times: rounds + 2, env });
        // blackbox_exporter is warm too.
        const warm = summaries.slice(2);
        const ours = warm.flatMap(({ results = [] }) => results.map(({ samples }) => samples));
        const theirs: PhaseSamples[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const asked = urls.map((url) => askBlackbox(blackbox.url, url));
          theirs.push(...(await Promise.all(asked)));
        }
        const about = { scheme, atOnce };
        results.push({ name: 'web-probe', ...about, ...errorsOf(ours, scheme) });
        results.push({ name: 'blackbox_exporter', ...about, ...errorsOf(theirs, scheme) });
      }
    }
  } finally {
    await blackbox.stop();
  }
  return results;
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

function errorsOf(all: readonly PhaseSamples[], scheme: 'http' | 'https') {
  const errors = all.flatMap((samples) => {
    if (samples.probe_success !== 1) throw new Error('a probe of a healthy target failed');
    return Object.entries(known)
      .filter(([phase]) => scheme === 'https' || phase !== 'tls')
      .map(([phase, want]) => {
        const seen = samples[`probe_http_duration_seconds{phase="${phase}"}`] ?? Number.NaN;
        return Math.abs(seen * 1000 - want);
      });
  });
  const sorted = [...errors].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  return { median: median(errors), p95, values: errors.length };
}
