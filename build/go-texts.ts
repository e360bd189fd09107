// Texts that Go's own parsers take: durations, URLs, and sizes as blackbox_exporter has them.

const number = '(?:\\d+(?:\\.\\d*)?|\\.\\d+)';

const durationForm = new RegExp(`^[-+]?(?:0|(?:${number}(?:ns|us|µs|μs|ms|s|m|h))+)$`);

/** Whether time.ParseDuration takes it. */
export function isGoDuration(text: string): boolean {
  return durationForm.test(text);
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
