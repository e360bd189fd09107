// Says how long each suite took, and which files took longest.
import { writeLine } from '../layers/core/src/log.ts';
import type { SuiteResult } from './suites.ts';

const shown = 10;

/** Prints seconds by suite and the files that took longest; `total` is what the whole run took, in seconds. */
export function tellTimes(results: readonly SuiteResult[], total: number): void {
  const seconds = (value: number) => `${value.toFixed(1).padStart(7)} s`;
  writeLine('\nTimes; suites run beside each other');
  for (const { failed, name, notRun, passed, seconds: took } of results) {
    const counts =
      notRun === undefined ? `${passed} passed, ${failed} failed` : `not run: ${notRun}`;
    writeLine(`${seconds(took)}  ${name}: ${counts}`);
  }
  const files = results.flatMap((result) => result.files).sort((a, b) => b.seconds - a.seconds);
  for (const file of files.slice(0, shown)) writeLine(`${seconds(file.seconds)}    ${file.name}`);
  writeLine(`${seconds(total)}  in all`);
}
