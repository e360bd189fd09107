// One encoder in a process of its own: `encode-main <name> <passes>` prints seconds of each pass, the bytes made and their hash.
import { createHash } from 'node:crypto';
import { uncompress } from 'snappyjs';
import { splitBySamples } from '../layers/core/src/remote-write/client.ts';
import { type Encoded, encoders } from './encoders.ts';
import { fleetSeries } from './fleet-series.ts';

const [, , name = '', passes = '1'] = process.argv;
const parts = [...splitBySamples(fleetSeries(1000), 10_000)];
const seconds: number[] = [];
let made: Encoded[] = [];
let encode: ReturnType<(typeof encoders)[string]> | undefined;
for (let pass = 0; pass < Number(passes); pass++) {
  const begun = performance.now();
  encode ??= encoders[name]?.();
  if (encode === undefined) throw new RangeError(`encoder ${name}, want ${Object.keys(encoders)}`);
  made = parts.map(encode);
  seconds.push((performance.now() - begun) / 1000);
}
const hash = createHash('sha256');
for (const { body, message } of made) {
  if (!Buffer.from(uncompress(body)).equals(message)) throw new Error(`${name}: not undone`);
  hash.update(message);
}
const bytes = (of: keyof Encoded) => made.reduce((sum, one) => sum + one[of].length, 0);
process.stdout.write(
  JSON.stringify({
    seconds,
    messageBytes: bytes('message'),
    bodyBytes: bytes('body'),
    hash: hash.digest('hex'),
  }),
);
