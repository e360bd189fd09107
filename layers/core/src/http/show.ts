// What may be shown of an answer: one line, bounded, without any secret of the request that it answers.

/** Characters of an answer that are shown at most. */
const shownCharacters = 512;

/** What stands for a secret. */
const hidden = 'redacted';

/**
 * `text` as it may stand in a message or a log: `secrets` hidden in every form in which a server may repeat them, white space
 * and control characters folded to one space, at most 512 characters. `cut`: the text may end within a secret.
 */
export function showText(
  text: string,
  { cut = false, secrets }: { readonly secrets: readonly string[]; readonly cut?: boolean },
): string {
  const known = formsOf(secrets);
  const whole = cut ? withoutBegun(text, known) : text;
  const clean = known.reduce((rest, secret) => rest.replaceAll(secret, hidden), whole);
  return foldLine(clean).slice(0, shownCharacters);
}

/** One line: control characters, marks that turn the text's direction, and white space become single spaces. */
export function foldLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** Every secret as it is, in base64, percent-encoded, as a form field, in JSON and in HTML; longest first. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets.filter((secret) => secret !== '').flatMap(eachForm);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function eachForm(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\ufffd'));
  const strict = encoded.replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encoded,
    strict,
    strict.toLowerCase(),
    strict.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    html,
    html.replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;'),
  ].filter((form) => form !== '');
}

/** Without what may be the beginning of a secret whose end was cut off. */
function withoutBegun(text: string, forms: readonly string[]): string {
  const lengths = forms.map((form) => begunLength(text, form));
  return text.slice(0, text.length - Math.max(0, ...lengths));
}

function begunLength(text: string, form: string): number {
  for (let length = Math.min(form.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}
