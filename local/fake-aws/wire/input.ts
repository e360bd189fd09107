// Reads members of a request. The query protocol knows text only, so numbers and flags may come as text;
// a member of a wrong type is refused with SerializationException, never guessed.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { AwsError, serializationError } from './errors.ts';
import { Timestamp } from './timestamp.ts';

/** The decoded members of a request. */
export type Input = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(key: string, want: string, value: unknown): AwsError {
  return serializationError(`${key} is ${JSON.stringify(value)}, want ${want}`);
}

/** The text `key`, or undefined when it is absent. */
export function readText(input: Input, key: string): string | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(key, 'text', value);
  return value;
}

/** The text `key`. @throws AwsError MissingRequiredParameterException when it is absent or empty. */
export function requireText(input: Input, key: string): string {
  const value = readText(input, key);
  if (value === undefined || value === '') throw missing(key);
  return value;
}

/** The number `key`, or undefined when it is absent. */
export function readNumber(input: Input, key: string): number | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw wrongType(key, 'a number', value);
  return number;
}

/** The number `key`. @throws AwsError MissingRequiredParameterException when it is absent. */
export function requireNumber(input: Input, key: string): number {
  const value = readNumber(input, key);
  if (value === undefined) throw missing(key);
  return value;
}

/** The flag `key`, or undefined when it is absent. */
export function readFlag(input: Input, key: string): boolean | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw wrongType(key, 'a boolean', value);
}

/** The list of texts `key`, or undefined when it is absent. */
export function readTexts(input: Input, key: string): readonly string[] | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw wrongType(key, 'a list of texts', value);
  }
  return value;
}

/** The list of structures `key`; empty when it is absent. */
export function readObjects(input: Input, key: string): readonly Input[] {
  const value = input[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject))
    throw wrongType(key, 'a list of structures', value);
  return value;
}

/** The structure `key`, or undefined when it is absent. */
export function readObject(input: Input, key: string): Input | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(key, 'a structure', value);
  return value;
}

/** The instant `key`: epoch seconds, ISO 8601 text or a decoded timestamp. */
export function requireTime(input: Input, key: string): EpochSeconds {
  const value = input[key];
  if (value === undefined || value === null) throw missing(key);
  if (value instanceof Timestamp) return value.seconds;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const parsed = typeof value === 'string' ? Date.parse(value) / 1000 : Number.NaN;
  if (!Number.isFinite(parsed)) throw wrongType(key, 'an instant', value);
  return parsed;
}

function missing(key: string): AwsError {
  return new AwsError(
    { code: 'MissingRequiredParameterException', queryCode: 'MissingParameter' },
    `The parameter ${key} is required.`,
  );
}
