// What a scalar of YAML is to Go's yaml.v3: by its tag, else by how it is written.
import type { Scalar } from 'yaml';

/** A scalar; `text` is how it is written, and says what is wrong where it is a `fault`. */
export type GoScalar =
  | { readonly type: 'text'; readonly text: string; readonly bytes?: Uint8Array }
  | {
      readonly type: 'number';
      readonly text: string;
      readonly value: number;
      readonly bytes?: never;
    }
  | {
      readonly type: 'switch';
      readonly text: string;
      readonly value: boolean;
      readonly bytes?: never;
    }
  | { readonly type: 'date'; readonly text: string; readonly value: string; readonly bytes?: never }
  | {
      readonly type: 'null' | 'fault';
      readonly text: string;
      readonly value?: undefined;
      readonly bytes?: never;
    };

const prefix = 'tag:yaml.org,2002:';

/** Reads a scalar of a document without a schema. */
export function readScalar({ source, tag: given, type, value }: Scalar): GoScalar {
  const text = source ?? String(value);
  const tag = given?.startsWith(prefix) ? given.slice(prefix.length) : given;
  if (/\p{Surrogate}/u.test(text)) {
    return {
      type: 'fault',
      text: 'got half of a character (\\ud800 to \\udfff), want a whole one',
    };
  }
  const isPlain = type === 'PLAIN' || type === undefined;
  if (tag === 'str' || ((tag === undefined || tag === '!') && !isPlain))
    return { type: 'text', text };
  if (tag === 'binary') return readBinary(text);
  if (tag !== undefined && !Object.hasOwn(natural, tag)) return { type: 'text', text };
  const found = resolve(text, tag);
  if (tag === undefined || natural[tag]?.(found)) return found;
  return {
    type: 'fault',
    text: `got ${JSON.stringify(text)} with the tag !!${tag}, want what it says`,
  };
}

/** What each tag wants to stand behind it. */
const natural: Readonly<Record<string, (scalar: GoScalar) => boolean>> = {
  bool: ({ type }) => type === 'switch',
  int: ({ text, type }) => type === 'number' && whole.test(text.replaceAll('_', '')),
  float: ({ type }) => type === 'number',
  null: ({ type }) => type === 'null',
  timestamp: ({ type }) => type === 'date',
};

function readBinary(text: string): GoScalar {
  const packed = text.replace(/[\r\n]/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    return { type: 'fault', text: 'got !!binary that is no base64, want base64' };
  }
  const bytes = Buffer.from(packed, 'base64');
  return { type: 'text', text: bytes.toString('utf8'), bytes: new Uint8Array(bytes) };
}

const whole = /^[-+]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const date =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?))?$/;

function resolve(text: string, tag: string | undefined): GoScalar {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return { type: 'null', text };
  if (/^(?:true|True|TRUE)$/.test(text)) return { type: 'switch', text, value: true };
  if (/^(?:false|False|FALSE)$/.test(text)) return { type: 'switch', text, value: false };
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return { type: 'number', text, value: Number.NaN };
  const endless = /^([-+]?)\.(?:inf|Inf|INF)$/.exec(text);
  if (endless !== null) {
    return { type: 'number', text, value: endless[1] === '-' ? -Infinity : Infinity };
  }
  if (
    (tag === undefined || tag === 'timestamp') &&
    date.test(text) &&
    !Number.isNaN(dateOf(text))
  ) {
    return { type: 'date', text, value: text };
  }
  const plain = /^[-+\d]/.test(text) ? text.replaceAll('_', '') : text;
  if (whole.test(plain)) return { type: 'number', text, value: numberOf(plain) };
  if (float.test(plain)) return { type: 'number', text, value: Number(plain) };
  return { type: 'text', text };
}

function dateOf(text: string): number {
  const [year = 0, month = 0, day = 0] = (text.match(/\d+/g) ?? []).map(Number);
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day
    ? made.getTime()
    : Number.NaN;
}

/** Octal with a leading 0, as in YAML 1.1. */
function numberOf(plain: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(plain) ?? [];
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  return (sign === '-' ? -1 : 1) * Number(octal);
}

/** A whole number of 64 bits; what is behind the point is cut off. */
export function toWhole(scalar: GoScalar): number | undefined {
  if (scalar.type !== 'number' || !(scalar.value <= 2 ** 63)) return undefined;
  return Math.trunc(scalar.value);
}

/** True or false, in the words of YAML 1.1 too, in quotes as well. */
export function toSwitch(scalar: GoScalar): boolean | undefined {
  if (scalar.type === 'switch') return scalar.value;
  if (scalar.type !== 'text') return undefined;
  if (/^(?:y|Y|yes|Yes|YES|on|On|ON)$/.test(scalar.text)) return true;
  return /^(?:n|N|no|No|NO|off|Off|OFF)$/.test(scalar.text) ? false : undefined;
}
