// Asks an HTTP target once: hop by hop, then the rules. What is learned goes into `measured`, also before a failure.
import {
  type Failure,
  type HttpModule,
  type HttpOptions,
  hideSecrets,
  type OAuth2Options,
  type ProbeEnvironment,
  type ProxyOptions,
  redactUrl,
  roundSeconds,
  type Target,
} from '@fargaze/core/internal';
import { readBody } from './body.ts';
import { BodyRules, type Judgement, judgeConnection, judgeHead } from './conditions.ts';
import { CookieJar } from './cookies.ts';
import { type Answered, type HopRequest, openHop } from './hop.ts';
import { type Measured, record } from './measured.ts';
import { isRedirect, maxRedirects, nextRequest } from './redirects.ts';
import { firstRequest } from './request.ts';

/** What a step shares with those before and after it. */
export type Along = {
  readonly jar: CookieJar;
  /** What was learned or read before, and must not be shown. */
  readonly secrets: readonly string[];
  /** Takes the body as it comes. */
  readonly take: (part: Buffer) => void;
  /** The final answer and the address that gave it. */
  readonly answered: (url: URL, response: Answered['response']) => void;
};

type Visit = { readonly measured: Measured; readonly along?: Along };

/** Why the target failed; undefined when it did not. With `along` the texts of its module are taken as they are. */
export async function visit(
  target: Target<HttpModule>,
  env: ProbeEnvironment,
  { along, measured }: Visit,
): Promise<Failure | undefined> {
  const options = target.module.http;
  const token = options.oauth2 && (await tokenFor(options.oauth2, options, env));
  if (token !== undefined && 'ok' in token) return token;
  const literal = along !== undefined;
  const first = firstRequest(target, { literal, ...(token !== undefined && token) });
  if ('ok' in first) return first;
  const proxied = options.proxy === undefined ? [] : await secretsOfProxy(options.proxy);
  const secrets = [...first.secrets, ...proxied, ...(along?.secrets ?? [])];
  const hosts = target.module.hosts ?? [];
  const trace = (line: string) => env.trace(hideSecrets(line, secrets));
  const fault = await follow(first.ask, {
    options,
    hosts,
    env: { ...env, trace },
    measured,
    secrets,
    ...(along !== undefined && { along }),
  });
  return fault && { ...fault, detail: hideSecrets(fault.detail, secrets) };
}

/** What OAuth 2.0 takes is no part of what is measured. */
async function tokenFor(oauth2: OAuth2Options, options: HttpOptions, env: ProbeEnvironment) {
  const { fetchToken } = await import('./oauth2.ts');
  return fetchToken(oauth2, options, env);
}

async function secretsOfProxy(proxy: ProxyOptions): Promise<readonly string[]> {
  const { proxySecrets } = await import('./proxy/login.ts');
  return proxySecrets(proxy);
}

type Errand = Judgement & {
  readonly measured: Measured;
  /** As in {@link Judgement}; each signature is added. */
  readonly secrets: string[];
  /** Hosts that may be sent what the module holds, besides the first. */
  readonly hosts: readonly string[];
  readonly along?: Along;
};

async function follow(first: HopRequest, errand: Errand): Promise<Failure | undefined> {
  const { along, env, hosts, measured, options } = errand;
  const jar = along?.jar ?? new CookieJar(first);
  let ask = along === undefined ? first : withCookies(first, along.jar);
  for (;;) {
    env.trace(`${ask.method} ${redactUrl(ask.url.href)}`);
    const hop = await openHop(await signed(ask, errand), options, env);
    record(measured, hop);
    if (!hop.ok) return hop.outcome;
    measured.secure = ask.url.protocol === 'https:';
    measured.method = ask.method;
    const redirected = isRedirect(hop.response);
    if (redirected) measured.redirects += 1;
    jar.store(ask.url, hop.response, env.clock.now());
    if (!redirected || !options.followRedirects || measured.redirects > maxRedirects) {
      along?.answered(ask.url, hop.response);
      return judgeAnswer(hop, { ...errand, redirectLimit: redirected && options.followRedirects });
    }
    hop.close();
    const next = nextRequest(ask, hop.response, { jar, hosts });
    if ('ok' in next) return next;
    ask = next;
  }
}

/** Signed anew for each hop, and only for servers that may be sent what the module holds. */
async function signed(ask: HopRequest, { env, options, secrets }: Errand): Promise<HopRequest> {
  if (options.sigv4 === undefined || !ask.firstHost) return ask;
  const { signHop } = await import('./sigv4.ts');
  const one = signHop(ask, options.sigv4, env);
  secrets.push(...one.secrets);
  return one.ask;
}

/** The first request of a step, with the cookies of those before it. */
function withCookies(first: HopRequest, jar: CookieJar): HopRequest {
  jar.configure(first);
  const kept = Object.entries(first.headers).filter(([name]) => name.toLowerCase() !== 'cookie');
  const cookies = jar.header(first.url);
  return {
    ...first,
    headers: {
      ...Object.fromEntries(kept),
      ...(cookies !== undefined && { Cookie: cookies }),
    },
  };
}

type Judging = Errand & { readonly redirectLimit: boolean };

/** Rules on the head come first, but the body is read all the same: its length and time are facts. */
async function judgeAnswer(hop: Answered, about: Judging): Promise<Failure | undefined> {
  const { env, measured, options, redirectLimit } = about;
  const { response } = hop;
  const answer = {
    status: response.statusCode ?? 0,
    rawHeaders: response.rawHeaders,
    httpVersion: response.httpVersion,
    secure: measured.secure,
    redirectLimit,
  };
  const head = await judgeInTime(hop, () => judgeHead(answer, about));
  const rules = head === undefined ? new BodyRules(options) : undefined;
  const json = head === undefined ? await jsonRules(options) : undefined;
  const take = async (part: Buffer) => {
    json?.take(part);
    about.along?.take(part);
    await rules?.read(part, env);
  };
  const body = await readBody(hop, { options, env, take });
  measured.phases.transfer = roundSeconds(env.clock.monotonic() - hop.firstByte);
  measured.bodyLength = body.fault?.reason === 'decode' ? 0 : body.length;
  const content = head ?? body.fault ?? rules?.judge(body.length) ?? json?.judge(env);
  measured.celFailed = content?.reason === 'json';
  // blackbox_exporter calls a body that it could not read one that its patterns refuse.
  const isUnread =
    content !== undefined && content === body.fault && !isNoGzip(content) && hasPatterns(options);
  measured.regexFailed = content?.reason === 'header' || content?.reason === 'body' || isUnread;
  return content ?? judgeConnection(answer, options);
}

/** What does not even begin as gzip, blackbox_exporter does not begin to read; in other forms it reads until it fails. */
function isNoGzip({ detail, reason }: Failure): boolean {
  return (
    reason === 'decode' && /: (?:incorrect header check|unknown compression method)$/.test(detail)
  );
}

function hasPatterns({ failIfBodyMatches, failIfBodyNotMatches }: HttpOptions): boolean {
  return failIfBodyMatches.length + failIfBodyNotMatches.length > 0;
}

async function jsonRules(options: HttpOptions) {
  if (options.failIfCelMatches === undefined && options.failIfCelNotMatches === undefined) return;
  const { JsonRules } = await import('./cel/rules.ts');
  return new JsonRules(options);
}

/** What `judge` says, or that the time was up. */
async function judgeInTime(
  { explainEnd }: Answered,
  judge: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  try {
    return await judge();
  } catch (error) {
    return { ...explainEnd(error), phase: 'processing' };
  }
}
