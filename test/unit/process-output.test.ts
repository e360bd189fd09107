// What a program prints, as it is read: whole lines, and its own words rather than its stack.
import { startProcess } from '../../local/programs/process.ts';

it('a line that comes in pieces is one line', async () => {
  const lines: string[] = [];
  const args = ['-c', 'printf "one "; sleep 0.2; printf "line\\ntwo\\n"'];
  const program = { name: 'slow', command: 'sh', args };
  const started = await startProcess({ ...program, onLine: (line) => lines.push(line) });
  await started.exited;
  await started.stop();
  expect(lines).toEqual(['one line', 'two']);
});

it('last words are without the frames of a stack', async () => {
  const args = ['-e', 'console.error("before"); throw new Error("no luck")'];
  const started = await startProcess({ name: 'failing', command: process.execPath, args });
  await started.exited;
  await started.stop();
  expect(started.output()).toMatch(/before[\s\S]*no luck/);
  expect(started.output()).not.toMatch(/^ +at /m);
});
