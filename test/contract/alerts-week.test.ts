// Noise: an ordinary week pages nobody, and each of ten incidents in it pages once, in time and by its own name.
import { readFileSync } from 'node:fs';
import { findPrograms } from '../../local/programs/find.ts';
import { incidents } from '../support/week/incidents.ts';
import { renderWeek, reportWeek, type WeekReport } from '../support/week/report.ts';

let report: WeekReport;
beforeAll(async () => {
  const { promtool } = await findPrograms(['promtool'], { report: () => undefined });
  report = await reportWeek(promtool);
}, 290_000);

it('the ordinary week pages nobody', () => {
  expect(report.quietPages).toEqual([]);
});

it.each(incidents)('$name: $story', ({ name, page, labels, second }) => {
  const paged = report.paged.find(({ incident }) => incident.name === name);
  expect(paged?.pages).toEqual([{ name: page, labels: expect.objectContaining(labels) }]);
  expect(paged?.first).toBeLessThanOrEqual(second + 2);
  // Without a break: it does not page twice.
  expect(paged?.fired).toBe(Number(paged?.last) - Number(paged?.first) + 1);
});

it('the document says what was seen', () => {
  expect(readFileSync('docs/alert-week.md', 'utf8')).toBe(renderWeek(report));
});
