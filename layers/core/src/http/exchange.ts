// One HTTP request and its answer under one hard deadline: connecting, sending and every byte of the answer.
// No redirect followed, and no reused connection where the caller keeps none. A reset before any answer is retried once.
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import type { Deadline } from '../deadline.ts';
import { codeOf } from '../errors.ts';

/** A request with its whole body. */
export type HttpRequest = {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Bytes of the answer that are kept; {@link keptBytes} when unset. */
  readonly keep?: number;
  /** Keeps connections for many requests; one for each request when unset. */
  readonly agent?: Agent | undefined;
};

/** Keeps one connection to `url` for requests that follow each other; the caller destroys it. */
export async function keepConnection({ protocol }: URL): Promise<Agent> {
  const options = { keepAlive: true, maxSockets: 1 };
  if (protocol === 'http:') return new Agent(options);
  return new (await import('node:https')).Agent(options);
}

/** An answer that arrived whole. `body` is cut after the bytes that were to be kept. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Whether `body` was cut. */
  readonly cut?: boolean;
};

/** Bytes of an answer that are kept unless more are asked for; the rest is read and dropped. */
const keptBytes = 4096;

/**
 * Sends `request`, at most twice, and reads the answer to its end.
 * @throws the deadline's reason, or the network's error.
 */
export async function exchange(request: HttpRequest, deadline: Deadline): Promise<HttpAnswer> {
  try {
    return await exchangeOnce(request, deadline);
  } catch (error) {
    // Lambda freezes sandboxes and load balancers drop idle peers: one fresh connection shows which it was.
    if (!isReset(error) || deadline.signal.aborted) throw error;
    return exchangeOnce(request, deadline);
  }
}

/** Set on an error that came after the first byte of an answer: the request may have been acted on. */
class AnswerCutOff extends Error {
  override readonly name = 'AnswerCutOff';
}

function isReset(error: unknown): boolean {
  return !(error instanceof AnswerCutOff) && ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
}

async function exchangeOnce(request: HttpRequest, deadline: Deadline): Promise<HttpAnswer> {
  const secure = request.url.protocol === 'https:';
  const send = secure ? (await import('node:https')).request : requestHttp;
  return new Promise((resolve, reject) => {
    const { signal } = deadline;
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const outgoing = send(request.url, {
      method: request.method,
      headers: { ...request.headers, 'content-length': request.body.byteLength },
      agent: request.agent ?? false,
    });
    const abort = () => {
      // A reset: what has not left yet must not be sent by the system after we have given up. Node has none over TLS.
      if (!secure) outgoing.socket?.resetAndDestroy();
      fail(signal.reason);
    };
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', abort);
      outgoing.destroy();
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    let answering = false;
    outgoing.on('error', (error) => {
      // Once an answer has begun, its reader reports how it ended.
      if (!answering) fail(error);
    });
    outgoing.on('response', (response) => {
      answering = true;
      readAnswer(response, request.keep ?? keptBytes).then((answer) => {
        signal.removeEventListener('abort', abort);
        if (request.agent === undefined) outgoing.destroy();
        resolve(answer);
      }, fail);
    });
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      const message = 'status 101: the server switched protocols unasked';
      fail(Object.assign(new Error(message), { code: 'HPE_UPGRADE' }));
    });
    outgoing.end(request.body);
  });
}

function readAnswer(response: IncomingMessage, keep: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let room = keep;
    const cutOff = (cause?: unknown) => {
      const status = response.statusCode;
      reject(new AnswerCutOff(`status ${status}, but the answer broke off`, { cause }));
    };
    response.on('data', (chunk: Buffer) => {
      if (room > 0) kept.push(chunk.subarray(0, room));
      room -= chunk.byteLength;
    });
    response.on('error', cutOff);
    response.on('close', cutOff);
    response.on('end', () => {
      if (!response.complete) {
        cutOff();
        return;
      }
      // It closes after each whole answer too: an error with its stack costs more than reading a short one.
      response.off('close', cutOff);
      const body = Buffer.concat(kept).toString('utf8');
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body,
        ...(room < 0 && { cut: true }),
      });
    });
  });
}
