// Texts that Go's own parsers take: durations, URLs, and sizes as blackbox_exporter has them.

const number = '(?:\\d+(?:\\.\\d*)?|\\.\\d+)';

const durationForm = new RegExp(`^[-+]?(?:0|(?:${number}(?:ns|us|µs|μs|ms|s|m|h))+)$`);

const nanoseconds: Readonly<Record<string, bigint>> = {
  ...{ ns: 1n, us: 1000n, µs: 1000n, μs: 1000n, ms: 1_000_000n },
  ...{ s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n },
};

/** Milliseconds, below 0 as well, of what time.ParseDuration takes; undefined of what it refuses. */
export function goDuration(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)];
  const sum = parts.reduce((all, [, whole = '', behind = '', unit = '']) => {
    const size = nanoseconds[unit] ?? 0n;
    return all + BigInt(whole) * size + (BigInt(behind) * size) / 10n ** BigInt(behind.length);
  }, 0n);
  const isNegative = text.startsWith('-');
  if (sum > (isNegative ? 2n ** 63n : 2n ** 63n - 1n)) return undefined;
  return ((isNegative ? -1 : 1) * Number(sum)) / 1e6;
}

const sizeForm = new RegExp(`^[-+]?(?:0|(?:${number}(?:[KMGTPE]?B|[KMGTPE]iB))+)$`);

/** Whether it is a size there: a number has its unit, and 0 needs none. */
export function isGoSize(text: string): boolean {
  if (!sizeForm.test(text)) return false;
  // One kind of unit for the whole text.
  return !(/[KMGTPE]B/.test(text) && /iB/.test(text)) && bytesOf(text) <= 2 ** 63;
}

/** Bytes of such a size. */
export function bytesOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)([KMGTPE]?)(?:i?B)?/g)];
  const sum = parts.reduce(
    (all, [, count = '0', unit = '']) =>
      all + Number(count) * 1024 ** ' KMGTPE'.indexOf(unit || ' '),
    0,
  );
  return Math.trunc(text.startsWith('-') ? -sum : sum);
}

/** Whether net/url takes it: relative ones too, and any scheme. */
export function isGoUrl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\0-\x1f\x7f]/.test(text)) return false;
  const [, scheme, rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([^#]*)/.exec(text) ?? [];
  if (scheme === undefined && text.startsWith(':')) return false;
  const fragment = text.slice(text.indexOf('#') + 1);
  if (text.includes('#') && !isEscaped(fragment)) return false;
  const path = rest.replace(/\?.*$/s, '');
  if (scheme === undefined && !path.startsWith('/') && /^[^/]*:/.test(path)) return false;
  if (scheme !== undefined && !path.startsWith('/')) return true;
  const [, authority, behind = ''] = /^\/\/([^/]*)(.*)$/s.exec(path) ?? [
    undefined,
    undefined,
    path,
  ];
  return isEscaped(behind) && (authority === undefined || isAuthority(authority));
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  const host = authority.slice(at + 1);
  if (!/^[\w.~!$&'()*+,;=:@%-]*$/.test(user) || !isEscaped(user)) return false;
  const port = host.startsWith('[')
    ? /^\[[^\]]*\](.*)$/s.exec(host)?.[1]
    : /^[^:]*(.*)$/s.exec(host)?.[1];
  if (port === undefined || !/^(?::\d*)?$/.test(port)) return false;
  return !/[ "<>\\^`{|}]/.test(host) && isEscaped(host);
}

function isEscaped(text: string): boolean {
  return !/%(?![\da-f]{2})/i.test(text);
}
