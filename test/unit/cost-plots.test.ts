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
