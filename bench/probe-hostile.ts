// What hostile servers cost a probe, in processes of their own.
import type { HostileResult } from './hostile-program.ts';
import { startProgram } from './probe-setting.ts';

const seeds = 300;

/** Probes one seed after the other. */
export async function measureHostile(): Promise<HostileResult> {
  const program = 'bench/hostile-program.ts';
  const server = await startProgram(program, ['serve']);
  const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
  try {
    const { port } = JSON.parse(lastLine(server.output())) as { readonly port: number };
    const prober = await startProgram(
      program,
      ['probe', String(port), String(seeds)],
      // As the function has it in AWS (infra/environment.yml).
      { MALLOC_ARENA_MAX: '1' },
    );
    await prober.stop();
    return JSON.parse(lastLine(prober.output())) as HostileResult;
  } finally {
    await server.stop();
  }
}
