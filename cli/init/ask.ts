// Asks a person for what a first configuration needs. Enter takes what is proposed; the end of the input ends the questions.

import { createInterface } from 'node:readline/promises';
import { messageOf } from '../../layers/core/src/errors.ts';
import { called } from '../command/called.ts';
import { UsageError } from '../command/command.ts';
import type { Io } from '../command/io.ts';

/** What was answered. */
export type InitChoices = {
  readonly targets: readonly string[];
  readonly cloudwatch: boolean;
};

/** Asks. `accepts` says why an address is none. */
export async function askPerson(
  { input, note, prompts }: Pick<Io, 'input' | 'note' | 'prompts'>,
  accepts: (address: string) => string | undefined,
): Promise<InitChoices> {
  const lines = createInterface({ input, output: prompts, terminal: true });
  // With a listener Ctrl-C ends the process as it does anywhere, and nothing has been written yet.
  lines.on('SIGINT', () => {
    prompts.write('\n');
    lines.close();
    process.exit(130);
  });
  try {
    note(
      'What to probe: addresses such as https://shop.example.com/healthz or rediss://sessions.example.com:6379.',
    );
    note('One on each line; an empty line goes on.');
    const targets: string[] = [];
    for (;;) {
      const text = (await lines.question('address: ')).trim();
      if (text === '') break;
      const fault = accepts(text);
      if (fault === undefined) targets.push(text);
      else note(fault);
    }
    for (;;) {
      const answer = await lines.question(
        'Read CPU and memory of ECS services from CloudWatch (about 0.17 USD a service and month)? [y/N] ',
      );
      const cloudwatch = /^y(?:es)?$/i.test(answer.trim());
      if (cloudwatch || /^(?:no?)?$/i.test(answer.trim())) return { targets, cloudwatch };
      note(`got ${JSON.stringify(answer.trim())}, want y or n`);
    }
  } catch (error) {
    if (!/Ctrl\+D|aborted|closed/i.test(messageOf(error))) throw error;
    throw new UsageError(
      'the questions were ended, and nothing is written',
      `without questions: ${called()} init --target https://…`,
    );
  } finally {
    lines.close();
  }
}
