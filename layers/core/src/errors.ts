// The only errors that fargaze throws on purpose. A target that is down is not among them: it is data.
// Classes have their names as data, because bundles are minified and `invoke local` shows the class of an error.

/** Node's `code` of an error, where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** OpenSSL's own line, behind the call that failed: thread, code, library, function, words, file, line and more. */
const opensslLine = /^(?:write EPROTO )?[0-9A-F]{8,16}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):.*$/s;

/** What an error says, of OpenSSL's line only the words; anything else that was thrown, as text. */
export function messageOf(error: unknown): string {
  const message = (error as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message.replace(opensslLine, '$1') : String(error);
}

/** One thing wrong with an input: where, what was seen, what was wanted. */
export type Issue = { readonly path: string; readonly message: string };

/** Configuration, event or environment is unusable. Holds every issue at once; retrying cannot help. */
export class ConfigError extends Error {
  static override readonly name = 'ConfigError';
  override readonly name = 'ConfigError';
  readonly issues: readonly Issue[];

  /**
   * @param source what was read, e.g. `fargaze.yml` or `event`.
   * @param shown issues of which the message speaks; the others are only counted.
   */
  constructor(source: string, issues: readonly Issue[], { shown = Number.POSITIVE_INFINITY } = {}) {
    const lines = issues
      .slice(0, shown)
      .map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
    if (issues.length > shown) lines.push(`  and ${issues.length - shown} more`);
    const noun = issues.length === 1 ? 'problem' : 'problems';
    super([`${source}: ${issues.length} ${noun}`, ...lines].join('\n'));
    // Where in the code a mistake of a user was noticed helps nobody, and Lambda would print it.
    this.stack = `${this.name}: ${this.message}`;
    this.issues = issues;
  }
}

/** What a sink says of a write that the far side did not accept. */
export type DeliveryFault = {
  /** HTTP status, where the far side gave one. */
  readonly status?: number;
  /** Whether the same bytes may be accepted later. */
  readonly retryable: boolean;
  /** Seconds that the far side asks to be left alone (Retry-After). */
  readonly afterSeconds?: number | undefined;
  readonly cause?: unknown;
};

/** A sink could not deliver. Nothing of the batch's failed groups may be assumed stored. */
export class DeliveryError extends Error {
  static override readonly name = 'DeliveryError';
  override readonly name = 'DeliveryError';
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly afterSeconds: number | undefined;

  constructor(message: string, fault: DeliveryFault) {
    super(message, { cause: fault.cause });
    this.status = fault.status;
    this.retryable = fault.retryable;
    this.afterSeconds = fault.afterSeconds;
    this.stack = `${this.name}: ${message}`;
  }
}

/** An API that we read from did not answer as needed. */
export class SourceError extends Error {
  static override readonly name = 'SourceError';
  override readonly name = 'SourceError';
  readonly operation: string;
  readonly retryable: boolean;

  constructor(message: string, fault: { operation: string; retryable: boolean; cause?: unknown }) {
    super(message, { cause: fault.cause });
    this.operation = fault.operation;
    this.retryable = fault.retryable;
    this.stack = `${this.name}: ${message}`;
  }
}
