// What a panel makes of a value: its text, its colour, and what a series is called.

import type { Labels } from '../../layers/core/src/sample.ts';
import type { ColourName, FieldDefaults, Shown } from './board-file.ts';
import type { BoardSeries } from './data.ts';
import { formatValue } from './units.ts';

/** The text of a value by mappings, unit and decimals; `noValue` where there is none. */
export function textOf(value: number | null, field: FieldDefaults): string {
  if (value === null) return field.noValue ?? '';
  return mapped(value, field)?.text ?? formatValue(value, field.unit, field.decimals);
}

/** The colour of a value by mappings, then thresholds. */
export function colourOf(value: number | null, field: FieldDefaults): ColourName {
  if (value === null) return 'text';
  const own = mapped(value, field)?.color;
  if (own !== undefined) return own;
  const steps = field.thresholds?.steps ?? [];
  return steps.findLast(({ value: from }) => from === null || value >= from)?.color ?? 'text';
}

/** What a mapping makes of a value. */
function mapped(value: number, { mappings = [] }: FieldDefaults): Shown | undefined {
  for (const mapping of mappings) {
    const found = mapping.type === 'value' ? mapping.options[String(value)] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a series is called by the format of its legend; by its labels where that is left to Grafana. */
export function legendOf(labels: Labels, format = '__auto'): string {
  if (format !== '__auto') {
    return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
  }
  const own = Object.entries(labels).filter(([name]) => name !== '__name__');
  return own.map(([name, value]) => `${name}="${value}"`).join(', ');
}

/** A series with its name. */
export type NamedSeries = BoardSeries & { readonly name: string };
