// The kinds of value that fargaze.yml is made of, each with what is wanted in words.
import { isIP } from 'node:net';
import * as v from 'valibot';
import type { Seconds } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Pattern } from '../../pattern/pattern.ts';
import type { CelProgram } from '../cel.ts';
import { parseDuration, parseSize } from '../duration.ts';
import { checkVariables } from '../interpolate.ts';
import type { SecretRef } from '../secret.ts';
import { isSecretRef } from '../secret.ts';
import { compileCel } from './cel-parse.ts';
import { compilePattern } from './pattern/program.ts';

const text = (wanted: string) => v.string(`want ${wanted}`);

/** Any text that one rule holds for. */
export const matching = (form: RegExp, wanted: string) =>
  v.pipe(v.string(`want ${wanted}`), v.regex(form, wanted));

/** Limits of a duration in seconds, the step that it must be a multiple of, and all that in words. */
export type DurationBounds = {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly wanted: string;
};

/** The `timeout` of a module. */
export const timeoutBounds: DurationBounds = {
  min: 0.001,
  max: 50,
  wanted: 'a duration from 1ms to 50s such as 5s or 500ms',
};

/** The time between two readings of CloudWatch. */
export const readingBounds: DurationBounds = {
  min: 60,
  max: 3600,
  step: 60,
  wanted: 'a duration from 1m to 1h in whole minutes, such as 5m',
};

/** Seconds of a Prometheus duration within bounds; undefined when `value` is none, or beyond them. */
export function secondsWithin(
  value: string,
  { max, min, step }: DurationBounds,
): Seconds | undefined {
  const seconds = parseDuration(value);
  if (seconds === undefined || seconds < min || seconds > max) return undefined;
  return step === undefined || seconds % step === 0 ? seconds : undefined;
}

/** A Prometheus duration within bounds, as seconds. */
export function duration(bounds: DurationBounds) {
  return v.pipe(
    text(bounds.wanted),
    v.check((value) => secondsWithin(value, bounds) !== undefined, bounds.wanted),
    v.transform((value) => parseDuration(value) ?? 0),
  );
}

/** A size such as `1MB`, as bytes. */
export const size = v.pipe(
  v.union(
    [v.pipe(v.number(), v.integer(), v.transform(String)), v.string()],
    'want a size such as 512KB or 1MB',
  ),
  v.check(
    (value) => value.startsWith('-') || parseSize(value) !== undefined,
    'a size such as 512KB or 1MB',
  ),
  // Nothing and less than nothing are no limit, as in blackbox_exporter.
  v.transform((value) => parseSize(value) || Number.MAX_SAFE_INTEGER),
);

/** An RE2 pattern. */
export const pattern = v.pipe(
  text('a regular expression'),
  v.rawTransform<string, Pattern>(({ dataset, addIssue, NEVER }) => {
    try {
      return compilePattern(dataset.value);
    } catch (error) {
      addIssue({ message: `a regular expression in RE2 syntax (${messageOf(error)})` });
      return NEVER;
    }
  }),
);

/** A CEL expression over `body`. */
export const cel = v.pipe(
  text('a CEL expression'),
  v.rawTransform<string, CelProgram>(({ dataset, addIssue, NEVER }) => {
    try {
      return compileCel(dataset.value);
    } catch (error) {
      addIssue({ message: `a CEL expression over body (${messageOf(error)})` });
      return NEVER;
    }
  }),
);

/** `env:NAME` or `file:/path`. The value seen is never shown: it may be the secret itself. */
export const secretRef = v.pipe(
  text('env:NAME or file:/path'),
  v.check(isSecretRef, 'a reference, env:NAME or file:/path, never the secret itself'),
  v.transform((value) => value as SecretRef),
);

/** `ip4` or `ip6`. */
export const ipProtocol = v.picklist(['ip4', 'ip6'], 'want ip4 or ip6');

function isCidr(value: string): boolean {
  const [, base = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(base)] ?? -1;
  return Number(prefix) <= bits;
}

/** A CIDR block such as 169.254.0.0/16. */
export const cidr = v.pipe(
  text('a CIDR block such as 10.0.0.0/8'),
  v.check(isCidr, 'a CIDR block such as 10.0.0.0/8'),
);

/** A probe's or module's name. */
export const name = v.pipe(
  text('a name of letters, digits, _ . and -'),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
    'a name of letters, digits, _ . and - (at most 100)',
  ),
);

const wantedModule =
  'a name of 1 to 100 characters without quotes, backslashes and control characters';

/** A module's name: whatever blackbox_exporter's users call one. */
export const moduleName = v.pipe(
  text(wantedModule),
  v.regex(/^(?! )[^\p{C}"'`\\]{1,100}(?<! )$/u, wantedModule),
);

/** A host that credentials may go to: `api.example.com`, `[::1]`, `api.example.com:8443` or `*.example.com`. */
export const host = v.pipe(
  text('a host'),
  v.regex(
    /^(?:(?:\*\.)?[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/iu,
    'a host such as api.example.com, api.example.com:8443 or *.example.com',
  ),
);

/** The label `instance` of a probe. */
export const instance = v.pipe(
  text('text'),
  v.regex(/^[\x21-\x7e]{1,200}$/, 'text of 1 to 200 printable characters without spaces'),
);

/** A target with well-formed variables. */
export const address = v.pipe(
  text('an address'),
  v.minLength(1, 'an address'),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? checkVariables(dataset.value) : undefined;
    if (fault !== undefined) addIssue({ message: `an address (${fault})` });
  }),
);
