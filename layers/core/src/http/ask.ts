// One request to a receiver or an API and what its answer says: authorized, whole, and described without its secrets.
import type { Deadline } from '../deadline.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { classify } from '../net/classify.ts';
import { parseUrl } from '../parse-url.ts';
import { redactUrl, secretsOf } from '../redact.ts';
import { version } from '../version.ts';
import { type Auth, authorize } from './auth.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.ts';
import { showText } from './show.ts';

/** A request; `auth` says who sends it. */
export type Question = Omit<HttpRequest, 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: Auth | undefined;
};

/** An answer that arrived whole. */
export type Answer = HttpAnswer & {
  /** `text` of the far side as it may be shown: one line, bounded, without a secret of the request. */
  show(text: string): string;
  /** What it says against the request, e.g. `status 503, want 2xx: overloaded`. */
  refusal(wanted: string): string;
};

/**
 * Asks once. What the answer means is the caller's to say.
 * @throws DeliveryError, retryable, when there is no whole answer; ConfigError when a secret cannot be read or sent.
 */
export async function ask(question: Question, deadline: Deadline): Promise<Answer> {
  const { auth, headers, ...request } = question;
  const own = { ...headers, 'user-agent': `fargaze/${version}` };
  const authorization = await authorize(auth, { ...request, headers: own });
  const { url } = authorization;
  const secrets = [...authorization.secrets, ...secretsOf(url.href)];
  const all = { ...own, ...authorization.headers };
  try {
    const answer = await exchange({ ...request, url, headers: all }, deadline);
    const show = (text: string) => showText(text, { secrets, cut: answer.cut === true });
    return { ...answer, show, refusal: (wanted) => describe(answer, { wanted, url, show }) };
  } catch (cause) {
    const what = showText(messageOf(cause), { secrets });
    throw new DeliveryError(`${classify(cause)}: ${what}`, { retryable: true, cause });
  }
}

type Shown = {
  readonly wanted: string;
  readonly url: URL;
  readonly show: (text: string) => string;
};

function describe({ body, headers, status }: HttpAnswer, { show, url, wanted }: Shown): string {
  const { location } = headers;
  const elsewhere =
    status >= 300 && status < 400 && typeof location === 'string'
      ? ` (a redirect to ${show(showLocation(location, url))})`
      : '';
  const words = show(body);
  return `status ${status}${elsewhere}, want ${wanted}${words === '' ? '' : `: ${words}`}`;
}

function showLocation(location: string, from: URL): string {
  return redactUrl(parseUrl(location, from)?.href ?? location);
}

/** Whether the same request may be accepted later, by the status of an answer. */
export function isRetryable(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}
