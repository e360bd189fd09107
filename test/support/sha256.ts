// SHA-256 as the signer of the AWS SDK asks for it.
import { createHash, createHmac } from 'node:crypto';

/** The hash that the SDK's signer asks for. */
export class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : Buffer.from((secret ?? '') as Uint8Array);
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', key);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}
