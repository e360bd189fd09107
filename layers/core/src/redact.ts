// Takes credentials out of addresses before they become labels, log lines or messages.

/**
 * The address without user info, query and fragment secrets: `redis://user:pass@h/0` gives `redis://h/0`,
 * and query values are kept only for http(s), where they are part of what is probed, except those whose
 * name says that they are secret. What cannot be parsed loses everything up to the last `@`.
 */
export function redactUrl(address: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return address.replace(/^.*@/s, '');
  const [beforeFragment = ''] = address.split('#', 1);
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/?]*)(.*)$/is.exec(beforeFragment);
  const [, scheme = '', authority = '', rest = ''] = match ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return scheme + host + redactQuery(rest);
}

const secretName = /pass|secret|token|key|auth|signature|credential/i;

function redactQuery(rest: string): string {
  return rest.replace(/([?&])([^=&]*)=([^&]*)/g, (whole, mark: string, name: string) =>
    secretName.test(name) ? `${mark}${name}=redacted` : whole,
  );
}

/** User name or password of an address, percent-decoded; a broken encoding stands for itself. */
export function decodeUserInfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
