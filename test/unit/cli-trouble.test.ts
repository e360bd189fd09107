// What the command does where its surroundings fail it: a full disk is no verdict on a target, and no stack trace.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { isThrottled } from '../../functions/ecs-bridge/aws/source-error.ts';
import { SourceError } from '../../layers/core/src/errors.ts';

it('standard output that cannot be written ends with 2, in words', async () => {
  const command = `"${process.execPath}" "${resolve('cli/fargaze.mjs')}" --version > /dev/full`;
  const seen = await new Promise((done) => {
    execFile('sh', ['-c', command], (error, _, err) => done([error?.code, err]));
  });
  expect(seen).toEqual([2, 'fargaze: standard output cannot be written (ENOSPC)\n']);
});

it('a source that failed without a cause asked for nothing', () => {
  expect(
    isThrottled(new SourceError('no region', { operation: 'ListClusters', retryable: false })),
  ).toBe(false);
});
