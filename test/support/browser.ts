// A browser without a window, spoken to by Chromium's DevTools protocol over a pipe.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { inflateSync } from 'node:zlib';
import { environmentWith } from '../../build/environment.ts';
import { findPrograms } from '../../local/programs/find.ts';

/** A page of the browser. */
export type Tab = {
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Opens an address and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Script errors, refusals of the content policy and failed requests since it was opened. */
  complaints(): readonly string[];
  /** How many colours are on the screen, of each fourth pixel. */
  coloursSeen(): Promise<number>;
  prefer(theme: 'light' | 'dark'): Promise<void>;
};

/** A running browser. */
export type Browser = { readonly tab: Tab; stop(): Promise<void> };

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
};

/** Starts Chromium with one empty tab. @throws MissingProgramError where there is none. */
export async function startBrowser(): Promise<Browser> {
  const { chromium } = await findPrograms(['chromium'], { report: () => undefined });
  const profile = mkdtempSync(join(tmpdir(), 'fargaze-browser-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ];
  const child = spawn(
    chromium.path,
    [
      ...flags,
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      '--window-size=1300,1600',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: environmentWith(chromium.env) },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const talk = createTalk(child.stdio[3] as Writable, child.stdio[4] as Readable);
  void exited.then(() => talk.fail(new Error('the browser ended')));
  const { targetInfos } = await talk.call('Target.getTargets', {});
  const target = (targetInfos as { type: string; targetId: string }[]).find(
    ({ type }) => type === 'page',
  );
  const attached = await talk.call('Target.attachToTarget', {
    targetId: target?.targetId,
    flatten: true,
  });
  const tab = await createTab(talk, String(attached.sessionId));
  const stop = async () => {
    // It ends its own children, which write to the profile until then.
    await talk.call('Browser.close', {}).catch(() => undefined);
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { tab, stop };
}

type Talk = ReturnType<typeof createTalk>;

/** Requests and their answers, each ended by a zero byte. */
function createTalk(out: Writable, into: Readable) {
  const waiting = new Map<
    number,
    { resolve(value: Record<string, unknown>): void; reject(error: Error): void }
  >();
  const listeners: ((method: string, params: Readonly<Record<string, unknown>>) => void)[] = [];
  let last = 0;
  let rest = '';
  const take = ({ error, id, method, params = {}, result = {} }: Message) => {
    if (method !== undefined) for (const listen of listeners) listen(method, params);
    const one = waiting.get(id ?? -1);
    if (one === undefined) return;
    waiting.delete(id ?? -1);
    if (error === undefined) one.resolve(result);
    else one.reject(new Error(error.message));
  };
  into.setEncoding('utf8').on('data', (part: string) => {
    const messages = (rest + part).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message));
  });
  out.on('error', () => undefined);
  const call = (method: string, params: object, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      out.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return { call, fail, listen: (one: (typeof listeners)[number]) => listeners.push(one) };
}

async function createTab(talk: Talk, session: string): Promise<Tab> {
  let complaints: string[] = [];
  let loaded: () => void = () => undefined;
  talk.listen((method, params) => {
    const { entry, exceptionDetails } = params as Record<string, { text?: string; level?: string }>;
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(exceptionDetails));
    if (method === 'Log.entryAdded' && entry?.level === 'error') complaints.push(entry.text ?? '');
    if (method === 'Page.loadEventFired') loaded();
  });
  const call = (method: string, params: object = {}) => talk.call(method, params, session);
  for (const domain of ['Runtime', 'Log', 'Page']) await call(`${domain}.enable`);
  return {
    complaints: () => complaints,
    evaluate: async (expression) => {
      const { exceptionDetails, result } = await call('Runtime.evaluate', {
        ...{ expression, awaitPromise: true, returnByValue: true },
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { readonly value: unknown }).value;
    },
    open: async (url) => {
      complaints = [];
      const load = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await call('Page.navigate', { url });
      await load;
    },
    coloursSeen: async () => {
      const { data } = await call('Page.captureScreenshot', { format: 'png' });
      return countColours(Buffer.from(String(data), 'base64'));
    },
    prefer: async (theme) => {
      const features = [{ name: 'prefers-color-scheme', value: theme }];
      await call('Emulation.setEmulatedMedia', { features });
    },
  };
}

/** Different pixels of a PNG of 8 bits a channel (ISO/IEC 15948: chunks, then lines that lean on their neighbours). */
function countColours(png: Buffer): number {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const channels = png[25] === 6 ? 4 : 3;
  const line = png.readUInt32BE(16) * channels;
  const data = inflateSync(Buffer.concat(parts));
  const colours = new Set<string>();
  let above: Uint8Array = new Uint8Array(line);
  for (let at = 0; at < data.length; at += line + 1) {
    const current = Uint8Array.from(data.subarray(at + 1, at + 1 + line));
    for (let index = 0; index < line; index += 1) {
      const left = current[index - channels] ?? 0;
      const up = above[index] ?? 0;
      current[index] =
        (current[index] ?? 0) + lean(data[at] ?? 0, [left, up, above[index - channels] ?? 0]);
    }
    for (let index = 0; index < line; index += channels * 4)
      colours.add(current.subarray(index, index + 3).join());
    above = current;
  }
  return colours.size;
}

function lean(filter: number, [left, up, corner]: readonly [number, number, number]): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [left, up, corner].map((one) => Math.abs(left + up - corner - one)) as [
    number,
    number,
    number,
  ];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
