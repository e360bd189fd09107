// What the head of an answer says in numbers, as blackbox_exporter reads it. Pure.
import type { IncomingMessage } from 'node:http';

/** The head of an answer; over HTTP/2 it may say that nothing follows. */
export type Head = Pick<IncomingMessage, 'headers' | 'statusCode'> & {
  readonly endsWithHead?: boolean;
};

/** Bytes of the body as they are announced: 0 where there can be none, -1 where nobody said. */
export function contentLength(
  { endsWithHead, headers, statusCode = 0 }: Head,
  method: string,
): number {
  const length = headers['content-length'] === undefined ? -1 : Number(headers['content-length']);
  if (method === 'HEAD') return length;
  if (endsWithHead === true && length < 0) return 0;
  if (statusCode === 204 || statusCode === 304 || statusCode < 200) return 0;
  return headers['transfer-encoding'] === undefined ? length : -1;
}

// The three forms of RFC 9110, section 5.6.7. JavaScript reads a great deal more as a date.
const dates = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]+, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** Last-Modified in seconds since 1970; undefined where it is missing or no date. */
export function lastModified({ headers }: IncomingMessage): number | undefined {
  const text = headers['last-modified'] ?? '';
  const parts = dates.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (parts === undefined) return undefined;
  const { day = '', month, time, year = '' } = parts;
  // As Go reads a year of two digits.
  const whole = year.length === 4 ? year : `${Number(year) >= 69 ? 19 : 20}${year}`;
  const at = Date.parse(`${day.trim()} ${month} ${whole} ${time} GMT`);
  // JavaScript takes the 31st of February for the 3rd of March.
  return new Date(at).getUTCDate() === Number(day) ? at / 1000 : undefined;
}
