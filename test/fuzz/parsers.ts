// Every place where bytes of others are read, with the errors that it may answer with: anything else that is thrown is a fault.
import type { IncomingMessage } from 'node:http';
import { blackboxShape } from '../../build/blackbox-shape.ts';
import { parseConfigText } from '../../build/config-file.ts';
import { decodeGoYaml } from '../../build/go-yaml.ts';
import { RespParser, RespSyntaxError } from '../../functions/redis-probe/resp.ts';
import { parseRole } from '../../functions/redis-probe/role.ts';
import { parseSlots } from '../../functions/redis-probe/slots.ts';
import { CookieJar } from '../../functions/web-probe/cookies.ts';
import { DnsFormatError, decodeAnswer } from '../../functions/web-probe/dns/message.ts';
import { recordText } from '../../functions/web-probe/dns/record-text.ts';
import { contentLength, lastModified } from '../../functions/web-probe/head-facts.ts';
import { nextRequest } from '../../functions/web-probe/redirects.ts';
import { showHeader } from '../../functions/web-probe/show-header.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { ConfigError, DeliveryError } from '../../layers/core/src/errors.ts';
import {
  parseBridgeEvent,
  parseJanitorEvent,
  parseProbeEvent,
  parseQueueEvent,
} from '../../layers/core/src/event/events.ts';
import { readRedisAddress } from '../../layers/core/src/net/redis-address.ts';
import { matches } from '../../layers/core/src/pattern/matcher.ts';
import { isBound, mayReach } from '../../layers/core/src/probe/bound-hosts.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import { batchFromJson } from '../../layers/core/src/queue/json.ts';
import { fromMessage, MessageError } from '../../layers/core/src/queue/message.ts';
import { hideSecrets, redactUrl, redactUrls, secretsOf } from '../../layers/core/src/redact.ts';
import { readAnswer } from '../../layers/core/src/remote-write/answers.ts';
import { probeAnswer, probeReply, readQuery, readStored } from './far-side.ts';
import { seeds } from './seeds.ts';
import { readStep } from './steps.ts';

/** A parser under test. */
export type Parser = {
  readonly seeds: readonly string[];
  /** Of a thousand inputs, how many it gets. */
  readonly share: number;
  read(bytes: Buffer): unknown;
  /** Whether an error is an answer. */
  readonly answers: (error: unknown) => boolean;
};

const never = () => false;
const isDeliveryError = (error: unknown) => error instanceof DeliveryError;
const isConfigError = (error: unknown) => error instanceof ConfigError;

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes.toString('utf8');
  }
}

/** Runs all of `readers`; the last error that is no answer, or else the last that is, is thrown. */
function all(value: unknown, readers: readonly ((value: unknown) => unknown)[]): void {
  for (const read of readers) {
    try {
      read(value);
    } catch (error) {
      if (!isConfigError(error)) throw error;
    }
  }
}

function readResp(bytes: Buffer): void {
  const parser = new RespParser();
  for (let at = 0; at < bytes.length; at += 7) {
    parser.push(bytes.subarray(at, at + 7));
    for (let reply = parser.next(); reply !== undefined; reply = parser.next()) {
      parseRole(reply);
      parseSlots(reply, { host: 'h', port: 1 });
    }
  }
}

function readHead(bytes: Buffer): void {
  const rawHeaders = bytes
    .toString('latin1')
    .split('\n')
    .flatMap((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]);
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
  const cookies = pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  const headers = { ...Object.fromEntries(pairs), 'set-cookie': cookies };
  const response = { statusCode: 307, headers, rawHeaders } as unknown as IncomingMessage;
  const url = new URL('https://h/a/b');
  const ask = { url, method: 'GET', headers: {}, body: '', serverName: undefined, firstHost: true };
  const jar = new CookieJar(ask);
  jar.store(url, response, 0);
  nextRequest(ask, response, { jar, hosts: ['*.friend.test'] });
  contentLength(response, 'GET');
  lastModified(response);
  for (const [name, value] of pairs) showHeader(name, value, ['secret']);
}

function readWrite(bytes: Buffer): void {
  const [status = '', body = '', ...lines] = bytes.toString('utf8').split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ', 2)));
  for (const version of [1, 2] as const) {
    readAnswer({ status: Number(status) || 0, body, headers }, { now: 0, version });
  }
}

const secret = 'tok3nZ9q8';
const bound = parseConfigText('modules: { m: { prober: http, http: { body: env:A } } }').modules.m;

/** A secret in user info or query is never shown, whatever stands around it. */
function readAddress(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  redactUrls(text);
  secretsOf(text);
  readRedisAddress(text);
  if (bound !== undefined && isBound(bound)) {
    mayReach(text, bound, { config: { probes: [] }, read: () => undefined });
  }
  const hidden = redactUrl(
    `https://u:${secret}@h/${encodeURIComponent(text)}?${encodeURIComponent(text)}=${secret}`,
  );
  if (hidden.includes(secret)) throw new Error(`shown: ${hidden}`);
  if (hideSecrets(`${text}${secret}${text}`, [secret]).includes(secret))
    throw new Error('not hidden');
}

/** Every parser by the name of what it reads. */
export const parsers: Readonly<Record<string, Parser>> = {
  event: {
    seeds: seeds.event,
    share: 120,
    read: (bytes) =>
      all(json(bytes), [parseProbeEvent, parseJanitorEvent, parseBridgeEvent, parseQueueEvent]),
    answers: isConfigError,
  },
  configuration: {
    seeds: seeds.configuration,
    share: 5,
    read: (bytes) => parseConfigText(bytes.toString('utf8')),
    answers: isConfigError,
  },
  yace: {
    seeds: seeds.yace,
    share: 5,
    read: (bytes) => {
      const inner = bytes.toString('utf8').replace(/^/gm, '      ');
      return parseConfigText(`bridge:\n  cloudwatch:\n    yace:\n${inner}`);
    },
    answers: isConfigError,
  },
  resp: {
    seeds: seeds.resp,
    share: 150,
    read: readResp,
    answers: (error) => error instanceof RespSyntaxError,
  },
  answer: { seeds: seeds.answer, share: 120, read: readHead, answers: never },
  dns: {
    seeds: seeds.dns,
    share: 100,
    read: (bytes) => {
      const latin = Buffer.from(bytes.toString('utf8'), 'latin1');
      const { answer, additional, authority } = decodeAnswer(latin);
      for (const record of [...answer, ...additional, ...authority]) recordText(record, latin);
    },
    answers: (error) => error instanceof DnsFormatError,
  },
  queue: {
    seeds: seeds.queue,
    share: 80,
    read: (bytes) => fromMessage(json(bytes)),
    answers: (error) => error instanceof MessageError,
  },
  batch: {
    seeds: seeds.batch,
    share: 80,
    read: (bytes) => batchFromJson(bytes.toString('utf8')),
    answers: (error) =>
      error instanceof Error && !(error instanceof TypeError || error instanceof RangeError),
  },
  exposition: {
    seeds: seeds.exposition,
    share: 120,
    read: (bytes) => findSeries(bytes.toString('utf8'), new Set(['probe_success'])),
    answers: never,
  },
  groups: { seeds: seeds.groups, share: 3, read: readStored, answers: isDeliveryError },
  write: { seeds: seeds.write, share: 100, read: readWrite, answers: never },
  query: { seeds: seeds.query, share: 3, read: readQuery, answers: isDeliveryError },
  http: { seeds: seeds.http, share: 3, read: probeAnswer, answers: never },
  redis: { seeds: seeds.resp, share: 3, read: probeReply, answers: never },
  pattern: {
    seeds: seeds.pattern,
    share: 20,
    read: (bytes) =>
      matches(compilePattern(bytes.toString('utf8').slice(0, 60)), 'aab cd 12 ß x.y'),
    answers: (error) => error instanceof SyntaxError,
  },
  step: { seeds: seeds.step, share: 60, read: readStep, answers: never },
  blackbox: {
    seeds: seeds.blackbox,
    share: 20,
    read: (bytes) => decodeGoYaml(bytes.toString('utf8'), blackboxShape),
    // Nested too deeply, or aliases of aliases; the build says which.
    answers: (error) => error instanceof RangeError,
  },
  address: { seeds: seeds.address, share: 100, read: readAddress, answers: never },
};
