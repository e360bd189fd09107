// How the picture reaches a terminal: drawn on a real emulator of one, with colours or without, or as lines where there is none.

import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';
import { createJournal } from '../../local/terminal/journal.ts';
import { type Line, paintColours, paintNothing, span, textOf } from '../../local/terminal/line.ts';
import { renderView } from '../../local/terminal/render.ts';
import { createScreen } from '../../local/terminal/screen.ts';
import { canRedraw, choosePainter, type Output, sizeOf } from '../../local/terminal/terminal.ts';
import { widthOf } from '../../local/terminal/text.ts';
import { downProbe, now, probe, silentProbe, snapshot, viewOf } from '../support/views.ts';

/** An emulated terminal, what `npm start` writes to it, and what can be seen on it. */
function emulate(columns: number, rows: number) {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  const write = (text: string) => new Promise<void>((done) => terminal.write(text, done));
  const output: Output = {
    isTTY: true,
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write: (text) => terminal.write(text),
    on: () => undefined,
    off: () => undefined,
  };
  const seen = async () => {
    await write('');
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, row) =>
      (
        active.getLine(active.viewportY + row)?.translateToString(true, 0, terminal.cols) ?? ''
      ).trimEnd(),
    );
  };
  return { terminal, output, write, seen };
}

const many = Array.from({ length: 31 }, (_, index) => probe(`p${index}`));
const view = viewOf(snapshot([...many, downProbe('broken')]));

/** The lines as the terminal must show them, and nothing else on it. */
const wanted = (lines: readonly Line[], rows: number) => [
  ...lines.map((line) => textOf(line).trimEnd()),
  ...Array.from({ length: rows - lines.length }, () => ''),
];

it('nothing old stays when the picture shrinks and the terminal is made larger and smaller', async () => {
  const { output, seen, terminal } = emulate(145, 40);
  const screen = createScreen(output, paintColours);
  const sizes = [
    [145, 40],
    [60, 15],
    [200, 60],
    [40, 10],
    [300, 12],
    [80, 24],
  ] as const;
  for (const [columns, rows] of sizes) {
    terminal.resize(columns, rows);
    for (const shown of [view, viewOf(snapshot([silentProbe('one')]))]) {
      const lines = renderView(shown, sizeOf(output), now);
      screen.draw(lines);
      expect(await seen()).toEqual(wanted(lines, rows));
    }
  }
});

it('wide and joined characters take the columns that they are given', async () => {
  const { output, seen } = emulate(80, 12);
  const names = ['本屋さん', '🛒-shop', 'bu\u0308cher', '\u001b[31mred'];
  const probes = names.map((name) => downProbe(name, 'refused'));
  const lines = renderView(viewOf(snapshot(probes)), sizeOf(output), now);
  createScreen(output, paintNothing).draw(lines);
  const rows = (await seen()).filter((line) => line.startsWith('DOWN'));
  expect(rows).toHaveLength(4);
  const places = rows.map((row) => widthOf(row.slice(0, row.indexOf('refused'))));
  expect(new Set(places).size).toBe(1);
});

it('a line that is wider than the terminal takes for one is cut, not wrapped', async () => {
  const { output, seen } = emulate(40, 2);
  createScreen(output, paintNothing).draw([[span('first')], [span(`${'x'.repeat(49)}y`)]]);
  expect(await seen()).toEqual(['first', `${'x'.repeat(39)}y`]);
});

it('the first screen is as it was when the second is left', async () => {
  const { output, seen, write } = emulate(60, 12);
  await write('prometheus http://127.0.0.1:9090\r\n');
  const before = await seen();
  const screen = createScreen(output, paintColours);
  screen.draw(renderView(view, sizeOf(output), now));
  expect(await seen()).not.toEqual(before);
  screen.leave();
  expect(await seen()).toEqual(before);
});

const terminal = { isTTY: true } as Output;
const pipe = { isTTY: false } as Output;

it.each([
  { name: 'a terminal', output: terminal, env: { TERM: 'xterm' }, redraws: true, colours: true },
  { name: 'a pipe', output: pipe, env: { TERM: 'xterm' }, redraws: false, colours: false },
  {
    name: 'NO_COLOR',
    output: terminal,
    env: { TERM: 'xterm', NO_COLOR: '1' },
    redraws: true,
    colours: false,
  },
  {
    name: 'an empty NO_COLOR',
    output: terminal,
    env: { TERM: 'xterm', NO_COLOR: '' },
    redraws: true,
    colours: true,
  },
  { name: 'TERM=dumb', output: terminal, env: { TERM: 'dumb' }, redraws: false, colours: false },
  {
    name: 'FORCE_COLOR on a pipe',
    output: pipe,
    env: { FORCE_COLOR: '1' },
    redraws: false,
    colours: true,
  },
  {
    name: 'FORCE_COLOR=0',
    output: terminal,
    env: { TERM: 'xterm', FORCE_COLOR: '0' },
    redraws: true,
    colours: false,
  },
  {
    name: 'CLICOLOR=0',
    output: terminal,
    env: { TERM: 'xterm', CLICOLOR: '0' },
    redraws: true,
    colours: false,
  },
  {
    name: 'CLICOLOR_FORCE on a pipe',
    output: pipe,
    env: { TERM: 'xterm', CLICOLOR_FORCE: '1', CLICOLOR: '0' },
    redraws: false,
    colours: true,
  },
  {
    name: 'CLICOLOR_FORCE with NO_COLOR',
    output: pipe,
    env: { TERM: 'xterm', CLICOLOR_FORCE: '1', NO_COLOR: '1' },
    redraws: false,
    colours: false,
  },
])('$name: redrawn $redraws, colours $colours', ({ colours, env, output, redraws }) => {
  expect(canRedraw(output, env)).toBe(redraws);
  const painted = choosePainter(output, env)(span('DOWN', 'bad'));
  expect(painted).toBe(colours ? '\u001b[1;31mDOWN\u001b[0m' : 'DOWN');
});

it('a terminal that reports no size is taken for a usual one', () => {
  expect(sizeOf({ ...pipe, columns: 0 })).toEqual({ columns: 80, rows: 24 });
});

describe('where nothing can be redrawn', () => {
  const time = '2026-01-31T14:05:10Z';
  const fired = { alerts: [{ name: 'FargazeProbeFailed', severity: 'critical' }] };

  it('a line is written when something changes, and none otherwise', () => {
    const journal = createJournal();
    const said = (about: Parameters<typeof viewOf>[0], scheduled = now - 300_000) =>
      journal(viewOf(about, { scheduled }), now).map(textOf);
    expect(said(snapshot([silentProbe('a')], { services: [] }), now)).toEqual([
      `${time}  The first results come after 14:06:00, when the probes run: in 50 s`,
    ]);
    expect(said(snapshot([probe('a')]))).toEqual([
      `${time}  probe a UP`,
      `${time}  ECS service c/web 2 of 2 tasks run`,
    ]);
    expect(said(snapshot([probe('a')]))).toEqual([]);
    expect(said(snapshot([downProbe('a')], fired))).toEqual([
      `${time}  probe a DOWN  refused in phase connect`,
      `${time}  alert FargazeProbeFailed fires`,
    ]);
    const away = { ...fired, fault: 'ECONNREFUSED', answered: now - 12_000 };
    expect(said(snapshot([downProbe('a')], away))).toEqual([
      `${time}  prometheus has not answered for 12 s (ECONNREFUSED); what it said last is shown`,
    ]);
    expect(said(snapshot([downProbe('a')], { ...away, answered: now - 99_000 }))).toEqual([]);
    expect(said(snapshot([downProbe('a', 'timeout in phase tls')]))).toEqual([
      `${time}  prometheus answers again`,
      `${time}  alert FargazeProbeFailed no longer fires`,
      `${time}  probe a DOWN  timeout in phase tls`,
    ]);
  });

  it('every time is in the zone of the one that begins the line', () => {
    const about = { timeZone: 'Asia/Kathmandu', scheduled: now };
    const [line] = createJournal()(viewOf(snapshot([silentProbe('a')]), about), now).map(textOf);
    expect(line).toBe(
      `${time}  The first results come after 14:06:00, when the probes run: in 50 s`,
    );
  });
});
