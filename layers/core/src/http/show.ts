// What may be shown of an answer: one line, bounded, without any secret of the request that it answers.
import { hideCutSecrets, hideSecrets, redactUrls } from '../redact.ts';

/** Characters of an answer that are shown at most. */
const shownCharacters = 512;

/**
 * `text` as it may stand in a message or a log: `secrets` hidden in every form in which a server may repeat them, addresses
 * redacted, white space and control characters folded to one space, at most 512 characters. `cut`: the text may end within a
 * secret.
 */
export function showText(
  text: string,
  { cut = false, secrets }: { readonly secrets: readonly string[]; readonly cut?: boolean },
): string {
  const clean = cut ? hideCutSecrets(text, secrets) : hideSecrets(text, secrets);
  return foldLine(redactUrls(clean)).slice(0, shownCharacters);
}

/** One line: control characters, marks that turn the text's direction, and white space become single spaces. */
export function foldLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
