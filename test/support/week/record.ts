// Writes docs/alert-week.md anew.
import { writeFileSync } from 'node:fs';
import { findPrograms } from '../../../local/programs/find.ts';
import { renderWeek, reportWeek } from './report.ts';

void (async () => {
  const { promtool } = await findPrograms(['promtool'], { report: () => undefined });
  writeFileSync('docs/alert-week.md', renderWeek(await reportWeek(promtool)));
})();
