// How a value that is filled into an address or a body is written there.

/** How a value stands in a body of this type: within the quotes of JSON, in a field of a form, or as it is. */
export function encoderFor(contentType: string): (value: string) => string {
  if (/\bjson\b/i.test(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/\bx-www-form-urlencoded\b/i.test(contentType)) return percentEncode;
  return (value) => value;
}

/** Half a character, which JSON can hold, cannot be encoded. */
export function percentEncode(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'));
}
