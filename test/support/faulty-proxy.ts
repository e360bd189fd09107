// An HTTP proxy in front of a real server that is, by order of a test, down, silent, slow, wrong or cut off; and that says
// what passed. What it does not pass on has never reached the server.
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { gunzipSync } from 'node:zlib';
import { listenOn, listenOnOwnPort } from './own-port.ts';

/** What a server does wrong. */
export type Fault =
  /** Connections are refused. */
  | { readonly kind: 'down' }
  /** Requests are taken and never answered. */
  | { readonly kind: 'hangs' }
  /** Connections are reset when a request has arrived. */
  | { readonly kind: 'resets' }
  /** The server's answer ends in its middle. */
  | { readonly kind: 'breaks-off' }
  /** Requests are passed on `ms` later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** An answer that the server has not given. */
  | {
      readonly kind: 'answers';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The request is carried out, and its answer lost. */
  | { readonly kind: 'loses-answers' }
  /** Its name is not known to DNS; whoever hands out addresses gives one that is not. */
  | { readonly kind: 'no-name' };

/** An address that no resolver knows. */
export const noName = 'http://gone.invalid:9';

/** Which requests a fault meets; all when unset. */
export type Meets = {
  readonly method?: string;
  /** Part of the path, or of the header that names the operation of AWS. */
  readonly path?: string;
  /** So many requests, then no more. */
  readonly times?: number;
  /** Only after so many requests. */
  readonly skip?: number;
};

/** A request that has arrived, with its body as text. */
export type Passed = { readonly method: string; readonly path: string; readonly body: string };

/** A running proxy. */
export type FaultyProxy = {
  readonly url: string;
  /** From now on. */
  fail(fault: Fault, meets?: Meets): Promise<void>;
  /** No faults any more. */
  heal(): Promise<void>;
  /** From now on the server's clock, as its answers show it, is so many seconds ahead. */
  setAhead(seconds: number): void;
  /** How many requests have met the fault that was begun last; one that is down, or has no name, meets nobody. */
  met(): number;
  /** Everything that has arrived. */
  readonly arrived: readonly Passed[];
  /** Calls `act` when a request has arrived that is met, before it is passed on or after it was answered; it stays unanswered. */
  stopAt(meets: Meets & { readonly when: 'arrived' | 'done' }, act: () => void): void;
  close(): Promise<void>;
};

type Stop = { readonly meets: Meets & { readonly when: 'arrived' | 'done' }; act(): void };
type State = {
  fault: Fault | undefined;
  meets: Meets;
  left: number;
  passed: number;
  met: number;
  stop: Stop | undefined;
  ahead: number;
};

/** Starts a proxy in front of the server at `target`. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const state: State = {
    fault: undefined,
    meets: {},
    left: 0,
    passed: 0,
    met: 0,
    stop: undefined,
    ahead: 0,
  };
  const arrived: Passed[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const whole = Buffer.concat(chunks);
      arrived.push(passed(request, whole));
      serve({ request, response, whole, target, ahead: state.ahead }, state);
    });
  });
  const shut = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) resolve();
      else server.close(() => resolve());
      server.closeAllConnections();
    });
  const port = await listenOnOwnPort(server);
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    met: () => state.met,
    fail: async (fault, meets = {}) => {
      Object.assign(state, { fault, met: 0, meets, left: meets.times ?? Number.POSITIVE_INFINITY });
      if (fault.kind === 'down') await shut();
    },
    heal: async () => {
      state.fault = undefined;
      state.stop = undefined;
      if (!server.listening) await listenOn(server, port);
    },
    setAhead: (seconds) => {
      state.ahead = seconds;
    },
    stopAt: (meets, act) => {
      Object.assign(state, { stop: { meets, act }, passed: 0 });
    },
    close: shut,
  };
}

function passed({ headers, method = '', url = '' }: IncomingMessage, whole: Buffer): Passed {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
  return { method, path: url, body: plain.toString('utf8') };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly whole: Buffer;
  readonly target: string;
  readonly ahead: number;
};

function isMet({ method, path }: Meets, request: IncomingMessage): boolean {
  if (method !== undefined && method !== request.method) return false;
  return path === undefined || `${request.url} ${request.headers['x-amz-target']}`.includes(path);
}

function serve(exchange: Exchange, state: State): void {
  const { request, response } = exchange;
  const { fault, stop } = state;
  if (
    stop !== undefined &&
    isMet(stop.meets, request) &&
    state.passed++ >= (stop.meets.skip ?? 0)
  ) {
    if (stop.meets.when === 'arrived') stop.act();
    else passOn(exchange, () => stop.act());
    return;
  }
  if (fault === undefined || state.left <= 0 || !isMet(state.meets, request)) {
    passOn(exchange);
    return;
  }
  state.left -= 1;
  state.met += 1;
  if (fault.kind === 'resets') request.socket.resetAndDestroy();
  else if (fault.kind === 'slow') {
    const timer = setTimeout(() => passOn(exchange), fault.ms);
    // What its sender gives up is never passed on.
    response.on('close', () => clearTimeout(timer));
  } else if (fault.kind === 'loses-answers') passOn(exchange, () => request.socket.destroy());
  else if (fault.kind === 'breaks-off') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half an ', () => request.socket.destroy());
  } else if (fault.kind === 'answers') {
    response.writeHead(fault.status, fault.headers);
    response.end(fault.body ?? '');
  }
}

/** Passes a request on; its answer too, unless somebody else takes it. */
function passOn({ ahead, request, response, target, whole }: Exchange, instead?: () => void): void {
  const upstream = forward(new URL(request.url ?? '/', target), {
    method: request.method,
    headers: request.headers,
    agent: false,
  });
  upstream.on('response', (answer) => {
    if (instead !== undefined) {
      answer.resume().on('end', instead);
      return;
    }
    const { date, ...headers } = answer.headers;
    const shown = ahead === 0 || date === undefined ? date : later(date, ahead);
    response.writeHead(answer.statusCode ?? 502, { ...headers, ...(shown && { date: shown }) });
    answer.pipe(response);
  });
  upstream.on('error', () => response.destroy());
  upstream.end(whole);
}

function later(date: string, seconds: number): string {
  return new Date(Date.parse(date) + seconds * 1000).toUTCString();
}
