// Takes credentials out of addresses before they become labels, log lines or messages.

/**
 * The address without user info, query and fragment secrets: `redis://user:pass@h/0` gives `redis://h/0`,
 * and query values are kept only for http(s), where they are part of what is probed, except those whose
 * name says that they are secret. An address without a scheme is read as http. Where it is no URL, or not http(s), a
 * raw `/`, `?` or `#` may be part of a password: then everything between the scheme and the last `@` goes.
 */
export function redactUrl(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  const rest = address.slice(scheme.length);
  const web = /^(?:https?:\/\/)?$/i.test(scheme);
  const authority = web && URL.canParse(`http://${rest}`) ? /^[^/?#\\]*/.exec(rest)?.[0] : rest;
  const shown = rest.slice((authority ?? rest).lastIndexOf('@') + 1);
  return scheme + redactQuery(shown.replace(/#.*$/s, ''));
}

const secretName =
  /pass|pwd|secret|token|key|auth|signature|credential|session|jwt|^(?:sig|code)$/i;

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

/** `text` without `secrets`, for words of a server that repeats what it was sent. Use it before anything is cut off. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  return known.reduce((rest, secret) => rest.replaceAll(secret, 'redacted'), text);
}
