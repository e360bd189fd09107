// A report as text: one line of verdict, a bar of phases, the certificate, the rule.
import type { Seconds } from '../../layers/core/src/clock.ts';
import { reasons } from '../../layers/core/src/outcome.ts';
import { neutralize } from '../../local/terminal/text.ts';
import type { Io } from '../command/io.ts';
import type { CertificateReport, PhaseTime, Report } from './report.ts';

/** Columns of a bar, and of what stands beside it: the phase, its time and spaces. */
const barColumns = { most: 32, least: 8, beside: 26 } as const;

/** The lines of a report, with bars that a terminal of `columns` does not break; `log`: with the log. */
export function renderReport(
  report: Report,
  { columns, paint }: Pick<Io, 'columns' | 'paint'>,
  detail: 'log' | 'usual',
): string[] {
  const { certificate, failure, log, phases, rule, trouble } = report;
  return [
    headLine(report, paint),
    ...(failure === undefined
      ? []
      : [
          row(
            'failed in',
            `${failure.phase}: ${failure.reason}, ${reasons[failure.reason as keyof typeof reasons]}`,
          ),
          row('seen', neutralize(failure.detail)),
        ]),
    ...(trouble === undefined
      ? []
      : [row('trouble', neutralize(trouble.replace(/\s*\n\s*/g, ' ')))]),
    ...(rule === undefined ? [] : [row(report.up === true ? 'passed' : 'rule', neutralize(rule))]),
    ...bars(phases, { paint, failed: failure?.phase, columns: columnsOfBar(columns) }),
    ...(certificate === undefined ? [] : certificateLines(certificate, paint)),
    ...(detail === 'log'
      ? log.map((line, index) => row(index === 0 ? 'log' : '', neutralize(line)))
      : []),
  ];
}

function headLine({ module, probe, seconds, target, up }: Report, paint: Io['paint']): string {
  const word =
    up === null ? paint('UNKNOWN', 'warn') : up ? paint('UP', 'good') : paint('DOWN', 'bad');
  const name = probe === target ? '' : `${probe}  `;
  return `${word}  ${paint(`${name}${target}`, 'head')}  ${showTime(seconds)}  module ${module}`;
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(11)}  ${text}`;
}

/** Columns that a bar has on a terminal; 0 where one would be too short to be read. */
function columnsOfBar(columns: number | undefined): number {
  const { beside, least, most } = barColumns;
  const room = (columns ?? beside + most) - beside;
  return room < least ? 0 : Math.min(most, room);
}

type Bars = {
  readonly paint: Io['paint'];
  readonly failed: string | undefined;
  readonly columns: number;
};

/** Each phase begins where the one before it ended. */
function bars(phases: readonly PhaseTime[], { columns, failed, paint }: Bars): string[] {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  let begun = 0;
  return phases.map(({ phase, seconds }) => {
    if (columns === 0) return `  ${phase.padEnd(11)}  ${showTime(seconds)}`;
    const from = Math.min(columns - 1, Math.floor((begun / total) * columns));
    begun += seconds;
    const to = Math.max(from + 1, Math.round((begun / total) * columns));
    const filled = '█'.repeat(to - from);
    const style = phase === failed ? 'bad' : 'good';
    const line = `${' '.repeat(from)}${paint(filled, style)}${' '.repeat(columns - to)}`;
    return `  ${phase.padEnd(11)}  ${line}  ${showTime(seconds).padStart(9)}`;
  });
}

function certificateLines(certificate: CertificateReport, paint: Io['paint']): string[] {
  const { daysLeft, issuer, names, subject, tls, trusted, validUntil } = certificate;
  const left = daysLeft < 0 ? `expired ${-daysLeft} days ago` : `${daysLeft} days left`;
  const style = daysLeft < 0 ? 'bad' : daysLeft < 21 ? 'warn' : 'plain';
  // A server chooses what its certificate says, and must not control the terminal.
  const shown = neutralize(names.slice(0, 4).join(', '));
  return [
    row(
      'certificate',
      `${neutralize(subject)}${names.length === 0 ? '' : ` for ${shown}${names.length > 4 ? `, and ${names.length - 4} more` : ''}`}`,
    ),
    row('', `by ${neutralize(issuer)}, until ${validUntil} (${paint(left, style)})`),
    row('', `${tls}, ${trusted ? 'trusted' : paint('not trusted', 'bad')}`),
  ];
}

/** Milliseconds up to a second. */
function showTime(seconds: Seconds): string {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  const ms = seconds * 1000;
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}
