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
import { secretPartsOf } from '../exchange/secret-parts.ts';
import { LineTooLong, Reader } from './reader.ts';

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
  const quote = quoteWithout(request.steps);
  for (const [index, step] of request.steps.entries()) {
    try {
      const fault = await speakStep(step, { talk, reader, env, quote });
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
  /** What a server said, as it may be shown. */
  readonly quote: (text: string) => string;
};

async function speakStep(step: TcpStep, about: Step): Promise<Failure | undefined> {
  const { env, talk } = about;
  const { expect, expectBytes, labels } = step;
  let sent = step.send;
  if (expect !== undefined) {
    const line = await expectLine(expect, about);
    if (typeof line !== 'string') return line;
    sent = fill(sent, step, { line, encode: toBytes });
    if (labels.length > 0) {
      const pairs = labels.map(({ name, value }) => [name, fill(value, step, { line })] as const);
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

/** Text as what is sent is kept: one character for each byte. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Reads lines until one matches. */
async function expectLine(
  expect: NonNullable<TcpStep['expect']>,
  { env, quote, reader, talk }: Step,
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
  const seen = last === undefined ? 'nothing' : `${quote(last)} as the last line`;
  return failure('query', 'expect', `${seen}, want a line that matches ${expect.text}`);
}

async function expectExactly(
  wanted: string,
  { env, quote, reader, talk }: Step,
): Promise<Failure | undefined> {
  const bytes = Buffer.from(wanted, 'latin1');
  const seen = await reader.readBytes(bytes.length, env.deadline);
  if (seen.length < bytes.length) {
    const detail = `${seen.length} bytes before the end, want ${bytes.length}`;
    return failure('query', 'closed', detail);
  }
  talk.bytesFailed = !seen.equals(bytes);
  if (!talk.bytesFailed) return undefined;
  const detail = `bytes ${quote(seen.toString('latin1'))}, want ${quote(wanted)}`;
  return failure('query', 'expect', detail);
}

function write(socket: Socket, bytes: Uint8Array, deadline: Deadline): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  return raceDeadline(written, deadline);
}

/** Shows what a server said, without what it may have been sent to prove who asks: any word of `send` but commands and numbers. */
function quoteWithout(steps: readonly TcpStep[]): Step['quote'] {
  const sent = steps.map(({ send }) => Buffer.from(send, 'latin1').toString());
  const words = sent.flatMap((text) => [text, ...text.split(/\s+/)]);
  const hidden = words
    .filter((word) => !/^(?:[a-z]+|[A-Z]+|\d+)$/.test(word))
    .flatMap(secretPartsOf);
  return (text) => {
    const shown = hideSecrets(text, hidden);
    return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 77)}...` : shown);
  };
}

function explain(error: unknown): Failure {
  if (error instanceof LineTooLong) return failure('query', 'size_limit', error.message);
  const reason = classify(error);
  if (reason === 'internal') throw error;
  return failure('query', reason, messageOf(error));
}
