// Canaries for places where a secret may stand, a server that repeats all that it is sent, and a search for what got out.
import { inspect } from 'node:util';
import { type RawServer, startRawServer } from './raw-server.ts';

/** A secret that nothing else looks like, for one place. */
export function plant(place: string): string {
  return `Kn4ry8z${place}Q7x`;
}

const pattern = /Kn4ry8z\w*?Q7x/i;

/** What was said in any way: answers, log lines, errors with their causes, series, files. */
export class Witness {
  #said = '';

  /** Keeps what would be printed of `things`. */
  hear(...things: readonly unknown[]): void {
    for (const thing of things) {
      const text =
        typeof thing === 'string' ? thing : inspect(thing, { depth: 12, maxStringLength: null });
      this.#said += `${text}\n${jsonOf(thing)}\n`;
    }
  }

  /** As a {@link import('../../layers/core/src/log.ts').Log}. */
  readonly log = (level: string, message: string, fields?: object): void =>
    this.hear(JSON.stringify({ level, message, ...fields }));

  /** The first lines that hold a canary, in any form in which it would be of use. */
  found(): string[] {
    const lines = [...new Set(this.#said.split('\n'))];
    return lines.filter((line) => pattern.test(line) || isEncoded(line)).slice(0, 3);
  }

  /** Everything, so that a test can prove that something was said. */
  said(): string {
    return this.#said;
  }
}

function jsonOf(thing: unknown): string {
  try {
    return JSON.stringify(thing) ?? '';
  } catch {
    return '';
  }
}

/** Whether what is in base64 or percent-encoding on the line holds a canary. */
function isEncoded(line: string): boolean {
  const words = line.match(/[\w+/=-]{16,}/g) ?? [];
  const decoded = words.map((word) => Buffer.from(word, 'base64').toString('latin1'));
  return [...decoded, line.replaceAll('%', '').replace(/\\u00/g, '')].some((text) =>
    pattern.test(text),
  );
}

/** A server that answers each request with `status` and all of the request, in headers, cookies, a location and the body. */
export async function startEcho(status: string): Promise<RawServer> {
  return startRawServer((socket) => {
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const words = head.replace(/[^\x20-\x7e]+/g, ' ');
      const path = /^\S+ (\S+)/.exec(head)?.[1] ?? '/';
      const credentials = /^authorization: \S+ (\S+)/im.exec(head)?.[1] ?? '';
      const decoded = Buffer.from(credentials, 'base64')
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '');
      const body = `${words}\n${decoded}`;
      const lines = [
        `HTTP/1.1 ${status}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        `Location: ftp://elsewhere.test${path}?code=${plant('code')}#${plant('fragment')}`,
        `Set-Cookie: ${plant('name')}=${plant('session')}; Path=/${plant('cookiepath')}; Secure`,
        `X-Api-Key: ${/^x-api-key: (.*)$/im.exec(head)?.[1]?.trim() ?? plant('served')}`,
        `X-Request-Id: ${plant('request')}`,
        `Server: ${words} ${decoded}`,
        '',
        body,
      ];
      socket.end(lines.join('\r\n'));
    });
  });
}
