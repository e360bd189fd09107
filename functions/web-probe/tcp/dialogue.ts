// Speaks the steps of a module with a server: waits for what is expected, sends, begins TLS. blackbox_exporter's rules, but
// for `expect_bytes`, which waits for all of its bytes instead of judging the first packet.
import type { Socket } from 'node:net';
import {
  classify,
  type Deadline,
  type DialFacts,
  expandGroups,
  type Failure,
  failure,
  hideCutSecrets,
  hideSecrets,
  matches,
  matchGroups,
  messageOf,
  type ProbeEnvironment,
  raceDeadline,
  type TcpStep,
  type TlsOptions,
  upgrade,
} from '@fargaze/core/internal';
import { LineTooLong, Reader } from './reader.ts';
import { type Sends, toBytes } from './send.ts';

/** What a dialogue showed. */
export type Dialogue = {
  socket: Socket;
  facts: DialFacts;
  regexFailed: boolean;
  bytesFailed: boolean;
  /** Labels of `probe_expect_info`, once their step has matched. */
  info?: Readonly<Record<string, string>>;
};

/** What the steps need. */
export type DialogueRequest = {
  readonly steps: readonly TcpStep[];
  readonly sends: Sends;
  readonly tls: TlsOptions;
  readonly serverName: string;
};

/** Speaks every step; the fault of the first that fails. What is learned goes into `talk`, the socket too. */
export async function speak(
  talk: Dialogue,
  request: DialogueRequest,
  env: ProbeEnvironment,
): Promise<Failure | undefined> {
  let reader = new Reader(talk.socket);
  for (const [index, step] of request.steps.entries()) {
    try {
      const sends = { parts: request.sends.parts[index] ?? [], secrets: request.sends.secrets };
      const fault = await speakStep(step, { talk, reader, env, ...sends });
      if (fault !== undefined) return fault;
    } catch (error) {
      return explain(error);
    }
    if (!step.startTls) continue;
    env.trace(`step ${index + 1}: TLS begins`);
    reader.detach();
    const tls = { options: request.tls, serverName: request.serverName };
    const secured = await upgrade(talk, tls, env);
    talk.facts = secured.facts;
    if (!secured.ok) return secured.outcome;
    talk.socket = secured.socket;
    reader = new Reader(talk.socket);
  }
  return undefined;
}

type Step = {
  readonly talk: Dialogue;
  readonly reader: Reader;
  readonly env: ProbeEnvironment;
  /** What this step sends, and what must not be shown. */
  readonly parts: Sends['parts'][number];
  readonly secrets: Sends['secrets'];
};

async function speakStep(step: TcpStep, about: Step): Promise<Failure | undefined> {
  const { env, parts, secrets, talk } = about;
  const { expect, expectBytes, labels } = step;
  let sent = parts.map(({ text }) => text).join('');
  if (expect !== undefined) {
    const line = await expectLine(expect, about);
    if (typeof line !== 'string') return line;
    sent = parts
      .map(({ secret, text }) => (secret ? text : fill(text, step, { line, encode: toBytes })))
      .join('');
    if (labels.length > 0) {
      const filled = (value: string) => hideSecrets(fill(value, step, { line }), secrets);
      const pairs = labels.map(({ name, value }) => [name, filled(value)] as const);
      talk.info = Object.fromEntries(pairs);
    }
  }
  if (expectBytes !== undefined) {
    const fault = await expectExactly(expectBytes, about);
    if (fault !== undefined) return fault;
  }
  if (sent !== '') await write(talk.socket, Buffer.from(`${sent}\n`, 'latin1'), env.deadline);
  return undefined;
}

type Filling = { readonly line: string; readonly encode?: (text: string) => string };

/** Fills a text with the groups of a line. */
function fill(text: string, { groups }: TcpStep, { encode = String, line }: Filling): string {
  const found = groups === undefined ? undefined : matchGroups(groups, line);
  if (groups === undefined || found === undefined) return text;
  const encoded = found.map((group) => (group === undefined ? undefined : encode(group)));
  return expandGroups(text, groups, encoded);
}

/** Reads lines until one matches. */
async function expectLine(
  expect: NonNullable<TcpStep['expect']>,
  { env, reader, secrets, talk }: Step,
): Promise<string | Failure> {
  let last: string | undefined;
  for (;;) {
    const line = await reader.readLine(env.deadline);
    if (line === undefined) break;
    last = line;
    if (!matches(expect, line)) continue;
    talk.regexFailed = false;
    env.trace(`line matches ${expect.text}`);
    return line;
  }
  talk.regexFailed = true;
  const seen =
    last === undefined ? 'nothing' : `${quote(hideSecrets(last, secrets))} as the last line`;
  return failure('query', 'expect', `${seen}, want a line that matches ${expect.text}`);
}

async function expectExactly(
  wanted: string,
  { env, reader, secrets, talk }: Step,
): Promise<Failure | undefined> {
  const bytes = Buffer.from(wanted, 'latin1');
  const seen = await reader.readBytes(bytes.length, env.deadline);
  if (seen.length < bytes.length) {
    const detail = `${seen.length} bytes before the end, want ${bytes.length}`;
    return failure('query', 'closed', detail);
  }
  talk.bytesFailed = !seen.equals(bytes);
  if (!talk.bytesFailed) return undefined;
  const shown = hideCutSecrets(seen.toString('latin1'), secrets);
  const detail = `bytes ${quote(shown)}, want ${quote(wanted)}`;
  return failure('query', 'expect', detail);
}

function write(socket: Socket, bytes: Uint8Array, deadline: Deadline): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  return raceDeadline(written, deadline);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function explain(error: unknown): Failure {
  if (error instanceof LineTooLong) return failure('query', 'size_limit', error.message);
  const reason = classify(error);
  if (reason === 'internal') throw error;
  return failure('query', reason, messageOf(error));
}
