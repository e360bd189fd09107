// What a command is: words for its help, options, and a run that ends with an exit status. Help, completion and docs/cli.md are
// made of the same words.
import type { Io } from './io.ts';

/** One option of a command. */
export type OptionSpec = {
  readonly type: 'string' | 'boolean';
  /** How its value is called in the help, e.g. `FILE`. */
  readonly value?: string;
  readonly about: string;
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: true;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
};

/** A command as it is described. */
export type CommandSpec = {
  readonly name: string;
  /** Half a sentence, for the list of commands. */
  readonly summary: string;
  /** What stands behind the name, e.g. `<target>… [options]`. */
  readonly usage: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Exit statuses other than 2, which every command has. */
  readonly statuses: Readonly<Record<number, string>>;
  readonly examples: readonly (readonly [command: string, about: string])[];
  /** Most arguments beside options. */
  readonly positionals: number;
  /** The option that an argument too many was most probably meant for. */
  readonly meant?: string;
  readonly load: () => Promise<Run>;
};

/** Values of options by name; what was not given is undefined. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A command that was asked for. */
export type Call = {
  readonly positionals: readonly string[];
  readonly values: Values;
  readonly io: Io;
  /** The folder of the package or clone. */
  readonly root: string;
  readonly inClone: boolean;
  /** All that there are. */
  readonly commands: readonly CommandSpec[];
};

/** Answers with the exit status. @throws UsageError, ConfigError and others, which become status 2. */
export type Run = (call: Call) => Promise<number>;

/** The command line is not one that we can follow; `next` says what to do. */
export class UsageError extends Error {
  static override readonly name = 'UsageError';
  override readonly name = 'UsageError';
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** The text that an option was given; undefined when it was not. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts that an option was given. */
export function textsOf(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** Options that every command has. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', about: 'print this help' },
  quiet: {
    type: 'boolean',
    short: 'q',
    about: 'print results and errors only, no notes or progress',
  },
  'no-color': { type: 'boolean', about: 'no colours, as with the variable NO_COLOR' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Options that several commands have. */
export const sharedOptions = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    about: 'the configuration; unset: FARGAZE_CONFIG, else fargaze.yml; -: standard input',
  },
  json: { type: 'boolean', about: 'print one JSON document' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** `--config` of a command that needs the file itself, not only its text. */
export const configFileOption: OptionSpec = {
  ...sharedOptions.config,
  about: 'the configuration; unset: FARGAZE_CONFIG, else fargaze.yml',
};
