// V8's young generation in a process of its own, started as Lambda starts functions of 512 MB.
import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';

/** Keeps 2,000,000 objects, with a call after every 5,000; prints the megabytes of the young generation. */
const program = (call: string) => `
import { getHeapSpaceStatistics } from 'node:v8';
import { holdYoungGeneration, watchYoungGeneration } from './functions/ecs-bridge/heap/young-generation.ts';
const hold = holdYoungGeneration;
const kept = [];
watchYoungGeneration();
for (let i = 0; i < 400; i++) {
  kept.push(Array.from({ length: 5_000 }, (_, j) => ({ i, j })));
  ${call};
}
const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
console.log(young.space_size / 2 ** 20);`;

function grow(call: string): number {
  const { outputFiles } = buildSync({
    stdin: { contents: program(call), resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const args = ['--max-semi-space-size=25', '-e', outputFiles[0]?.text ?? ''];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

describe('the young generation', () => {
  it('ends its growth once it is large enough, as V8 alone does not', () => {
    expect(grow('')).toBeGreaterThan(30);
    expect(grow('hold()')).toBeLessThanOrEqual(16);
  });

  it('grows again once it is watched anew', () => {
    expect(grow('if (i < 200) hold(); if (i === 200) watchYoungGeneration()')).toBeGreaterThan(30);
  });
});
