// A short run of the fuzzer with inputs that are the same each time; `npm run fuzz` is the long one.
import { mutate } from '../fuzz/mutate.ts';
import { fuzz } from '../fuzz/run.ts';
import { createRandom } from '../support/random.ts';

it('no parser breaks, hangs or grows on some thousand inputs', async () => {
  const { faults, grown, inputs } = await fuzz(4000, 1);
  expect(faults).toEqual([]);
  expect(inputs).toBeGreaterThanOrEqual(4000);
  expect(grown).toBeLessThan(200e6);
});

it('a parser that throws what is no answer is a fault, with its input', async () => {
  const parser = {
    seeds: ['seed'],
    share: 1,
    read: (bytes: Buffer) => {
      if (bytes.includes(0)) throw new TypeError('a bug');
    },
    answers: () => false,
  };
  const { faults } = await fuzz(500, 1, { parser });
  expect(faults[0]).toMatchObject({ parser: 'parser', what: expect.stringContaining('a bug') });
  expect(Buffer.from(faults[0]?.input ?? '', 'base64').includes(0)).toBe(true);
});

it('the same number makes the same inputs', () => {
  const make = () => {
    const random = createRandom(7);
    return Array.from({ length: 50 }, () => mutate([Buffer.from('seed')], random).toString('hex'));
  };
  expect(make()).toEqual(make());
});
