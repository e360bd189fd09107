// A TCP proxy in front of a real server that is, by order of a test, down, silent or cut off, and that stops at words.
import { connect, createServer, type Socket } from 'node:net';
import { listenOn, listenOnOwnPort } from './own-port.ts';

/** A running proxy. */
export type FaultyTcp = {
  readonly port: number;
  /** From now on: refuses, takes what comes without an answer, or resets at the first bytes. */
  fail(kind: 'down' | 'hangs' | 'resets'): Promise<void>;
  heal(): Promise<void>;
  /** Calls `act` when `words` were sent: before they are passed on, or when the server has answered them. */
  stopAt(words: string, when: 'arrived' | 'done', act: () => void): void;
  close(): Promise<void>;
};

type Stop = { readonly words: string; readonly when: 'arrived' | 'done'; act(): void };
type State = { fault: 'down' | 'hangs' | 'resets' | undefined; stop: Stop | undefined };

/** Starts a proxy in front of the server on `target`. */
export async function startFaultyTcp(target: number): Promise<FaultyTcp> {
  const state: State = { fault: undefined, stop: undefined };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    serve(socket, target, state);
  });
  const shut = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) resolve();
      else server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const port = await listenOnOwnPort(server);
  return {
    port,
    fail: async (kind) => {
      state.fault = kind;
      if (kind === 'down') await shut();
    },
    heal: async () => {
      state.fault = undefined;
      state.stop = undefined;
      if (!server.listening) await listenOn(server, port);
    },
    stopAt: (words, when, act) => {
      state.stop = { words, when, act };
    },
    close: shut,
  };
}

function serve(socket: Socket, target: number, state: State): void {
  if (state.fault === 'hangs') {
    socket.resume();
    return;
  }
  if (state.fault === 'resets') {
    socket.once('data', () => socket.resetAndDestroy());
    return;
  }
  const upstream = connect(target, '127.0.0.1');
  upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
  let waiting: Stop | undefined;
  socket.on('data', (chunk: Buffer) => {
    const { stop } = state;
    if (stop !== undefined && chunk.includes(stop.words)) {
      if (stop.when === 'arrived') {
        stop.act();
        return;
      }
      waiting = stop;
    }
    upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (waiting === undefined) socket.write(chunk);
    else waiting.act();
  });
}
