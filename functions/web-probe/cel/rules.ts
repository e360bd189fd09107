// The rules on the JSON of a body, as blackbox_exporter judges them: what is no JSON, has no result or no bool as result fails
// both. Keeps the body while it comes, up to a limit.
import {
  type CelProgram,
  type Failure,
  failure,
  type HttpOptions,
  type ProbeEnvironment,
} from '@fargaze/core/internal';
import { ValueCount } from './count.ts';
import { evaluateCel } from './evaluate.ts';
import { CelError, type CelValue, fromJson, typeOf } from './values.ts';

/** Bytes of a body that are kept for rules. */
const maxKeptBytes = 32 * 1024 * 1024;

/** Values of a body that are read: the smallest take some 300 bytes each, and all probes of a function share its memory. */
const maxValues = 250_000;

/** Judges one body. */
export class JsonRules {
  readonly #options: HttpOptions;
  #parts: Buffer[] = [];
  #length = 0;
  readonly #values = new ValueCount();

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Takes a part of the body. */
  take(part: Buffer): void {
    this.#length += part.length;
    if (this.#isReadable()) this.#values.take(part);
    if (this.#isReadable()) this.#parts.push(part);
    else this.#parts = [];
  }

  #isReadable(): boolean {
    return this.#length <= maxKeptBytes && this.#values.count <= maxValues;
  }

  /** Judges the whole body. */
  judge({ deadline }: Pick<ProbeEnvironment, 'deadline'>): Failure | undefined {
    if (this.#length > maxKeptBytes) {
      return fault(`body of ${this.#length} bytes, and CEL reads ${maxKeptBytes} at most`);
    }
    if (this.#values.count > maxValues) {
      return fault(`body of more than ${maxValues} values, and CEL reads no more`);
    }
    const { failIfCelMatches, failIfCelNotMatches } = this.#options;
    try {
      const body = fromJson(JSON.parse(Buffer.concat(this.#parts).toString('utf8')));
      const mayGoOn = () => deadline.remaining() > 0;
      const run = (program: CelProgram) => evaluateCel(program.tree, body, { mayGoOn });
      return (
        verdict({ program: failIfCelMatches, unwanted: true }, run) ??
        verdict({ program: failIfCelNotMatches, unwanted: false }, run)
      );
    } catch (error) {
      if (error instanceof SyntaxError) return fault(`body (${this.#length} bytes) is not JSON`);
      // A body of very many levels.
      if (error instanceof RangeError) return fault('body is nested too deeply');
      throw error;
    }
  }
}

type Rule = {
  readonly program: CelProgram | undefined;
  /** The result that makes the target fail. */
  readonly unwanted: boolean;
};

function verdict(
  { program, unwanted }: Rule,
  run: (program: CelProgram) => CelValue,
): Failure | undefined {
  if (program === undefined) return undefined;
  try {
    const result = run(program);
    if (typeof result !== 'boolean') {
      return fault(`${program.source} is of type ${typeOf(result)}, want bool`);
    }
    return result === unwanted ? fault(`${program.source} is ${result}`) : undefined;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return fault(`${program.source} has no result: ${error.message}`);
  }
}

function fault(detail: string): Failure {
  return failure('transfer', 'json', detail);
}
