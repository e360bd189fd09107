// Reads parts of a parsed document one by one. The first that is not as it must be is refused, with its place, the value that
// was seen and what was wanted.
import { MessageError, showValue } from '@fargaze/core/internal';

/** What a text must be. */
export type Rule = { readonly pattern: RegExp; readonly wanted: string };

const timeRule: Rule = {
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/,
  wanted: 'a time such as 2026-01-31T12:00:00Z',
};

/** A mapping or list, and where it stands. */
export class Fields {
  readonly raw: unknown;
  readonly #path: string;

  constructor(raw: unknown, path: string) {
    this.raw = raw;
    this.#path = path;
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  /** A text that keeps the rule. @throws MessageError */
  text(field: string, rule: Rule): string {
    const value = this.#value(field);
    if (typeof value !== 'string' || !rule.pattern.test(value)) this.#refuse(field, rule.wanted);
    return value as string;
  }

  /** As {@link text}; undefined where there is none. @throws MessageError */
  optional(field: string, rule: Rule): string | undefined {
    return this.has(field) ? this.text(field, rule) : undefined;
  }

  /** Undefined where there is none. @throws MessageError */
  integer(field: string): number | undefined {
    const value = this.#value(field);
    if (value !== undefined && !Number.isSafeInteger(value)) this.#refuse(field, 'a whole number');
    return value as number | undefined;
  }

  /** A time, in whole seconds since 1970. @throws MessageError */
  time(field: string): number {
    const seconds = Math.floor(Date.parse(this.text(field, timeRule)) / 1000);
    if (Number.isNaN(seconds)) this.#refuse(field, timeRule.wanted);
    return seconds;
  }

  /** A mapping. @throws MessageError */
  at(field: string): Fields {
    const value = this.#value(field);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(field, 'a mapping');
    }
    return new Fields(value, this.#place(field));
  }

  /** A list; an absent one is empty. @throws MessageError */
  list(field: string): Fields {
    const value = this.#value(field) ?? [];
    if (!Array.isArray(value)) this.#refuse(field, 'a list');
    return new Fields(value, this.#place(field));
  }

  /** What `read` makes of each item of a list. @throws MessageError */
  each<T>(read: (item: Fields) => T): T[] {
    return (this.raw as readonly unknown[]).map((_, index) => read(this.at(String(index))));
  }

  #value(field: string): unknown {
    const raw = this.raw as Readonly<Record<string, unknown>>;
    const value = Object.hasOwn(raw, field) ? raw[field] : undefined;
    return value ?? undefined;
  }

  #place(field: string): string {
    return this.#path === '' ? field : `${this.#path}.${field}`;
  }

  #refuse(field: string, wanted: string): never {
    const seen = showValue(this.#value(field));
    const message = `${this.#place(field)}: got ${seen}, want ${wanted}`;
    throw new MessageError(message, { retryable: false });
  }
}
