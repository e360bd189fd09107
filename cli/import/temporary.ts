// A file that is there only while something reads it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `work` makes of a file with this text. */
export function withTemporary<T>(text: string, work: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fargaze-import-'));
  try {
    const path = join(folder, 'blackbox.yml');
    writeFileSync(path, text);
    return work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
