// The recording that the bridge is held against is what YACE, built from its release, makes of the same cloud today.
import { readFileSync } from 'node:fs';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { Program } from '../../local/programs/find.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { addPeerScenario } from '../support/peer-scenario.ts';
import { scrapeYace } from '../support/yace-peer.ts';

const recording: {
  readonly yace: string;
  readonly keep: readonly string[];
  readonly snake: readonly string[];
} = JSON.parse(readFileSync('test/fixtures/yace/peer.golden.json', 'utf8'));

let fake: FakeAws;
let program: Program;
beforeAll(async () => {
  program = (await deployedPrograms(['yace'], { report: () => undefined })).yace;
  fake = await startFakeAws();
  addPeerScenario(fake);
});
afterAll(() => fake?.close());

/** A line of Prometheus text without value and time, which are those of the hour. */
const seriesOf = (line: string) => line.slice(0, line.lastIndexOf('}') + 1);

it('the recording is of the release that is built', () => {
  expect(recording.yace).toBe(program.version);
});

it.each([
  { labels: 'keep' as const, flags: [] },
  { labels: 'snake' as const, flags: ['-labels-snake-case'] },
])('it emits the series that were recorded, labels: $labels', async ({ flags, labels }) => {
  const seen = await scrapeYace(program, { fake, flags });
  const sorted = (lines: readonly string[]) => [...new Set(lines.map(seriesOf))].sort();
  expect(sorted(seen)).toEqual(sorted(recording[labels]));
});
