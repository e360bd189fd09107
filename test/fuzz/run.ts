// Gives each parser its share of inputs. A fault is an error that is no answer, or an input that takes far longer than its size
// can explain; it is named with the input in base64, to be kept as a seed.

import { createRandom } from '../support/random.ts';
import { closeFarSide } from './far-side.ts';
import { mutate } from './mutate.ts';
import { type Parser, parsers } from './parsers.ts';

/** A fault that was found. */
export type Fault = { readonly parser: string; readonly input: string; readonly what: string };

/** What a run did. */
export type FuzzReport = {
  readonly inputs: number;
  /** Inputs by parser, and the longest that one took, in milliseconds. */
  readonly parsers: Readonly<Record<string, { readonly inputs: number; readonly slowest: number }>>;
  readonly faults: readonly Fault[];
  /** Bytes of heap and buffers that are in use more than before. */
  readonly grown: number;
};

/** Milliseconds that one input may take: more is a hang, on the slowest of machines. */
const longest = 3_000;

/** Faults of one parser after which no more are looked for. */
const enough = 5;

/** Runs about `inputs` inputs made from `seed`. */
export async function fuzz(
  inputs: number,
  seed: number,
  over: Readonly<Record<string, Parser>> = parsers,
): Promise<FuzzReport> {
  const total = Object.values(over).reduce((sum, { share }) => sum + share, 0);
  const before = memoryInUse();
  const faults: Fault[] = [];
  const counts: Record<string, { inputs: number; slowest: number }> = {};
  for (const [name, parser] of Object.entries(over)) {
    const wanted = Math.max(parser.seeds.length, Math.ceil((inputs * parser.share) / total));
    const done = await fuzzParser(name, parser, { inputs: wanted, random: createRandom(seed) });
    counts[name] = done.count;
    faults.push(...done.faults);
  }
  await closeFarSide();
  const run = Object.values(counts).reduce((sum, { inputs: one }) => sum + one, 0);
  return { inputs: run, parsers: counts, faults, grown: memoryInUse() - before };
}

function memoryInUse(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

type Course = { readonly inputs: number; readonly random: () => number };

async function fuzzParser(name: string, parser: Parser, { inputs, random }: Course) {
  const seeds = parser.seeds.map((text) => Buffer.from(text, 'utf8'));
  const faults: Fault[] = [];
  const count = { inputs: 0, slowest: 0 };
  while (count.inputs < inputs && faults.length < enough) {
    const input = seeds[count.inputs] ?? mutate(seeds, random);
    count.inputs += 1;
    const begun = performance.now();
    const what = await tryInput(parser, input);
    const took = performance.now() - begun;
    count.slowest = Math.max(count.slowest, took);
    const fault = what ?? (took > longest ? `took ${Math.round(took)} ms` : undefined);
    if (fault !== undefined) {
      faults.push({ parser: name, input: input.toString('base64'), what: fault });
    }
  }
  return { count, faults };
}

/** What is wrong with how an input was read; undefined when nothing is. */
async function tryInput({ answers, read }: Parser, input: Buffer): Promise<string | undefined> {
  try {
    await read(input);
    return undefined;
  } catch (error) {
    return answers(error) ? undefined : String((error as Error)?.stack ?? error);
  }
}
