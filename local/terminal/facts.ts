// What stands beside the probes: alerts, objectives, ECS services and addresses, each on as few lines as it needs.
import { cutLine, type Line, type Style, type StyledText, span, textOf } from './line.ts';
import type { Alert, EcsService, Objective } from './snapshot.ts';
import type { Size } from './terminal.ts';
import { padEnd, widthOf } from './text.ts';
import { clockTime } from './time.ts';
import type { View } from './view.ts';

const labelWidth = 13;

/** Columns below which nothing is aligned, so that an address still fits. */
const narrow = 60;

/** What fires, with the page that shows it; most severe first. */
export function renderAlerts({ prometheusUrl, snapshot }: View, columns: number): Line {
  const { alerts } = snapshot;
  const url = `${prometheusUrl}/alerts`;
  const sorted = [...alerts].sort((a, b) => rankOf(a) - rankOf(b));
  const names = [...new Set(sorted.map(({ name }) => name))];
  const words = columns < narrow ? `${alerts.length}` : `${alerts.length} firing`;
  const count = span(words, alerts.length > 0 ? 'bad' : 'plain');
  const listed = names.length > 0 ? [span(`  ${names.join(', ')}`)] : [];
  return cutLine([label('Alerts', columns), count, span(`  ${url}`), ...listed], columns);
}

function rankOf({ severity }: Alert): number {
  return severity === 'critical' ? 0 : severity === 'warning' ? 1 : 2;
}

/** Each objective with what is left of its error budget, the worst first. */
export function renderObjectives({ snapshot }: View, size: Size): Line[] {
  const sorted = [...snapshot.objectives].sort((a, b) => worthOf(a) - worthOf(b));
  return flow('Budget left', sorted.map(describeObjective), size);
}

/** An unknown budget comes after those that are nearly gone. */
function worthOf({ left }: Objective): number {
  return left ?? scarce;
}

/** Share of a budget below which it is worth a look. */
const scarce = 0.25;

function describeObjective({ left, name }: Objective): Line {
  if (left === undefined) return [span(`${name} `), span('unknown', 'warn')];
  if (left <= 0) return [span(`${name} `), span('used up', 'bad')];
  // Rounded down: what has lost something is not whole.
  const percent = Math.floor(left * 1000) / 10;
  return [span(`${name} `), span(`${percent}%`, left < scarce ? 'warn' : 'plain')];
}

/** Running and desired tasks of each service, those that lack some first. */
export function renderServices({ snapshot, timeZone }: View, size: Size): Line[] {
  const { answered, services: known, servicesRead } = snapshot;
  const lacking = ({ desired, running }: EcsService) => desired - running;
  const services = [...known].sort((a, b) => lacking(b) - lacking(a));
  const several = new Set(services.map(({ cluster }) => cluster)).size > 1;
  const items = services.map(({ cluster, desired, running, service }) => {
    const style: Style = running < desired ? 'bad' : 'plain';
    const name = several ? `${cluster}/${service}` : service;
    return [span(`${name} `), span(`${running}/${desired}`, style)];
  });
  if (items.length === 0) return flow('ECS tasks', [[span('none known yet')]], size);
  const old = servicesRead < answered;
  const time = clockTime(servicesRead, timeZone);
  return flow('ECS tasks', old ? [[span(`at ${time}:`, 'warn')], ...items] : items, size);
}

/** Where to look further. */
export function renderLinks({ links }: View, size: Size): Line[] {
  const items = Object.entries(links).map(([name, url]) => [span(`${name} `, 'faint'), span(url)]);
  return flow('Addresses', items, size);
}

function label(text: string, columns: number): StyledText {
  return span(columns < narrow ? `${text} ` : padEnd(text, labelWidth), 'head');
}

/** The items one after the other, on at most `size.rows` lines; what has no room is counted. */
function flow(name: string, items: readonly Line[], { columns, rows }: Size): Line[] {
  if (rows < 1 || items.length === 0) return [];
  const first = label(name, columns);
  const indent = span(' '.repeat(widthOf(first.text)));
  const lines: StyledText[][] = [[first]];
  let line = lines[0] ?? [];
  let shown = 0;
  for (const item of items) {
    const last = lines.length === rows;
    const reserve =
      last && shown < items.length - 1 ? `  … ${items.length - shown} more`.length : 0;
    const width =
      widthOf(textOf(line)) + widthOf(textOf(item)) + (line.length > 1 ? gap.length : 0);
    if (line.length > 1 && width + reserve > columns) {
      if (last) break;
      line = [indent];
      lines.push(line);
    }
    line.push(...(line.length > 1 ? [span(gap)] : []), ...item);
    shown += 1;
  }
  if (shown < items.length) line.push(span(`  … ${items.length - shown} more`, 'faint'));
  return lines.map((one) => cutLine(one, columns));
}

const gap = '  ';
