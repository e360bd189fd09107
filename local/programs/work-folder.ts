// Where a program that is started keeps its files, and who writes down that it runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for the files of programs that are started together. */
export type WorkFolder = {
  readonly path: string;
  /** The folder of the program `name`, made if need be; the same one each time. */
  directory(name: string): Promise<string>;
  /** Writes a process down, for whoever may have to end it. */
  record(started: { readonly name: string; readonly pid: number }): void;
};

/** A place of its own in the temporary directory, until `remove`. */
export async function temporaryWorkFolder(
  name: string,
): Promise<WorkFolder & { remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `fargaze-${name}-`));
  return {
    path,
    directory: async () => path,
    record: () => undefined,
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
