// Reads addresses that people and servers write.

/**
 * `text` as a URL, from `base` where it is a part of one; undefined when it is none. `URL.canParse` of Node 20 is not asked:
 * once V8 has compiled its caller, it refuses every address with a letter such as ü (the same call of a cold process takes it).
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
