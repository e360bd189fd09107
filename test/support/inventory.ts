// What a simulated AWS account holds, asked of each service's own API by boto3 (python/inventory.py).
import { runCommand } from '../../local/programs/command.ts';
import { testPython } from './moto.ts';

/** A thing as its service describes it. */
export type Described = Readonly<Record<string, unknown>>;

/** Things by kind; the kinds are those of python/inventory.py. */
export type Inventory = Readonly<Record<string, readonly Described[]>>;

/** Asks every service. @throws Error with what the program said when one does not answer. */
export async function readInventory(env: Readonly<Record<string, string>>): Promise<Inventory> {
  const script = 'test/support/python/inventory.py';
  const { code, output } = await runCommand(await testPython(), [script], { env });
  if (code !== 0) throw new Error(`${script}: ${output}`);
  return JSON.parse(output.slice(output.indexOf('{')));
}

/** The one thing of a kind whose `field` ends with `name`, or matches it. @throws Error unless there is exactly one. */
export function pick(things: readonly Described[] | undefined, field: string, name: RegExp) {
  const found = (things ?? []).filter((thing) => name.test(String(thing[field])));
  if (found.length !== 1) {
    const seen = (things ?? []).map((thing) => thing[field]).join(', ');
    throw new Error(`${field}: ${found.length} match ${name}, want 1 of ${seen}`);
  }
  return found[0] as Described;
}
