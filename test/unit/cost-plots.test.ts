// The plots of cost: a line for each way of watching, values where they belong, nothing that a logarithm cannot show.
import { costPlots } from '../../scripts/docs/cost-plots.ts';
import { renderPlot } from '../../scripts/docs/plot.ts';

const plot = {
  title: 'a < b',
  x: { label: 'x', values: [1, 10, 100] },
  y: { label: 'y' },
  lines: [
    { name: 'up', values: [1, 10, 100] },
    { name: 'beside', values: [1, 10, 99] },
  ],
};

it('values ten times apart are the same distance apart, and names do not cover each other', () => {
  const text = renderPlot(plot);
  const [, up = ''] = /<path d="M([^"]+)" fill="none"/.exec(text) ?? [];
  const points = up.split('L').map((pair) => pair.split(' ').map(Number));
  expect(points).toEqual([
    [70, 350],
    [315, 200],
    [560, 50],
  ]);
  const places = [...text.matchAll(/y="([\d.]+)" fill="#[\da-f]+">(?:up|beside)</g)].map(([, y]) =>
    Number(y),
  );
  expect(places).toHaveLength(2);
  expect(Math.abs((places[0] ?? 0) - (places[1] ?? 0))).toBeGreaterThanOrEqual(16);
  expect(text).toContain('<title>a &lt; b</title>');
});

it('names are dark enough to be read on white', () => {
  const lines = Array.from({ length: 5 }, (_, n) => ({ name: `n${n}`, values: [1, 2, 3 + n] }));
  const fills = [...renderPlot({ ...plot, lines }).matchAll(/fill="#([\da-f]{6})">n\d</g)];
  const contrasts = fills.map(([, hex = '']) => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
  });
  expect(contrasts).toHaveLength(5);
  expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
});

it('what is not above zero has no place', () => {
  expect(() => renderPlot({ ...plot, lines: [{ name: 'none', values: [0, 1, 2] }] })).toThrow(
    RangeError,
  );
});

it.each(Object.entries(costPlots))('%s has fargaze and its peers', (_, render) => {
  const text = render();
  expect(text.match(/fill="none"/g)?.length).toBeGreaterThanOrEqual(4);
  expect(text).toContain('>fargaze');
  expect(text).not.toContain('NaN');
});
