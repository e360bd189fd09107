// Colours by name for light and for dark ground, and the stylesheet of all drawings. Texts are readable by WCAG's 4.5:1,
// lines and areas by its 3:1.
import { hashText } from '../../layers/core/src/hash.ts';
import type { ColourName } from './board-file.ts';

/** A theme of Grafana. */
export type Theme = 'light' | 'dark';

type Shades = Readonly<Record<Theme, string>>;

/** Grounds, texts and lines. */
export const shades = {
  ground: { light: '#f4f5f5', dark: '#111217' },
  panel: { light: '#ffffff', dark: '#181b1f' },
  border: { light: '#dcdddf', dark: '#2a2d33' },
  grid: { light: '#e6e7e9', dark: '#2a2d33' },
  plain: { light: '#24292e', dark: '#ccccdc' },
  muted: { light: '#565b62', dark: '#9a9ba5' },
  badge: { light: '#ffffff', dark: '#111217' },
} satisfies Readonly<Record<string, Shades>>;

/** Of thresholds and states. */
export const named: Readonly<Record<ColourName, Shades>> = {
  green: { light: '#1a7f37', dark: '#73bf69' },
  orange: { light: '#b35900', dark: '#ff9830' },
  red: { light: '#c4162a', dark: '#ff7383' },
  blue: { light: '#1f60c4', dark: '#6e9fff' },
  purple: { light: '#8f3bb8', dark: '#ca95e5' },
  text: { light: '#24292e', dark: '#ccccdc' },
};

/** Of series, in order. */
export const palette: readonly Shades[] = [
  { light: '#37872d', dark: '#73bf69' },
  { light: '#1f60c4', dark: '#5794f2' },
  { light: '#c15c17', dark: '#ff9830' },
  { light: '#8f3bb8', dark: '#b877d9' },
  { light: '#c4162a', dark: '#f2495c' },
  { light: '#0b7a75', dark: '#5bc8c2' },
  { light: '#8a6d00', dark: '#fade2a' },
  { light: '#5b6470', dark: '#a6adb8' },
  { light: '#b5308a', dark: '#ff85d0' },
  { light: '#4d5a9e', dark: '#8ab8ff' },
];

/**
 * A number of the palette for each name, the same one at every visit while there is room: where two names would share one, the
 * second takes the next that is free.
 */
export function coloursFor(names: readonly string[]): number[] {
  const taken = new Set<number>();
  return names.map((name) => {
    let colour = hashText(name) % palette.length;
    for (let tries = 0; taken.has(colour) && tries < palette.length; tries += 1) {
      colour = (colour + 1) % palette.length;
    }
    taken.add(colour);
    return colour;
  });
}

/** The rules of one theme. */
export function styleOf(theme: Theme): string {
  const of = (name: keyof typeof shades) => shades[name][theme];
  const rules = [
    `.ground{fill:${of('ground')}}`,
    `.panel{fill:${of('panel')};stroke:${of('border')}}`,
    `.grid{stroke:${of('grid')};fill:none}`,
    `.track{fill:${of('grid')}}`,
    `.plain,.head{fill:${of('plain')}}`,
    `.muted{fill:${of('muted')}}`,
    `.badge{fill:${of('badge')}}`,
    ...Object.entries(named).flatMap(([name, shade]) => [
      `.${name}{fill:${shade[theme]}}`,
      `.line-${name}{stroke:${shade[theme]};fill:none}`,
    ]),
    ...palette.flatMap((shade, index) => [
      `.c${index}{fill:${shade[theme]}}`,
      `.l${index}{stroke:${shade[theme]};fill:none}`,
    ]),
  ];
  return rules.join('\n');
}

/** The rules that all themes share. */
export const commonStyle = [
  'svg{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}',
  '.head{font-weight:600}',
  '.line{stroke-width:1.3;stroke-linejoin:round}',
  '.dash{stroke-dasharray:6 4}',
].join('\n');
