// The boards' page in Debian's Chromium: its text, that no script fails and nothing is refused, that something is drawn, that it is
// renewed, and that it says when it is old.
import { waitFor } from '../../local/programs/process.ts';
import { type Browser, startBrowser, type Tab } from '../support/browser.ts';
import { type HostileBoards, hostileName, startHostileBoards } from '../support/hostile-boards.ts';

let boards: HostileBoards;
let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  boards = await startHostileBoards();
  browser = await startBrowser();
  tab = browser.tab;
});
afterAll(async () => {
  await browser?.stop();
  await boards?.stop();
});

it.each(['light', 'dark'] as const)(
  'shows the overview in the %s theme, names as text',
  async (theme) => {
    await tab.prefer(theme);
    await tab.open(boards.page.url);
    expect(await tab.evaluate('document.title')).toBe('Overview · fargaze');
    const texts = (await tab.evaluate(
      "[...document.querySelectorAll('svg text')].map((one) => one.textContent)",
    )) as string[];
    expect(texts).toEqual(expect.arrayContaining(['Up', 'State of every target', 'UP']));
    expect(texts.some((text) => text.includes(hostileName))).toBe(true);
    expect(await tab.evaluate("document.querySelectorAll('img, script:not([src])').length")).toBe(
      0,
    );
    expect(await tab.evaluate("document.querySelector('#state').textContent")).toMatch(
      /^Renewed at .*every 15 s/,
    );
    // Texts alone would have some dozen shades of one colour.
    expect(await tab.coloursSeen()).toBeGreaterThan(20);
    const fill = "getComputedStyle(document.querySelector('rect.panel')).fill";
    expect(await tab.evaluate(fill)).toBe(
      theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(24, 27, 31)',
    );
    expect(tab.complaints()).toEqual([]);
  },
);

it('opens a closed row by a click, which a renewal leaves open; then says that it is old', async () => {
  await tab.open(boards.page.url);
  // Fifteen seconds are too long for a test: the renewal that comes with being looked at again does the same.
  const renew = "document.dispatchEvent(new Event('visibilitychange'))";
  const closed = "document.querySelector('details:last-of-type')";
  expect(await tab.evaluate(`${closed}.open`)).toBe(false);
  await tab.evaluate(`${closed}.querySelector('summary').click(); ${closed}.dataset.old = 'yes'`);
  await tab.evaluate(renew);
  const renewed = async () => (await tab.evaluate(`${closed}.dataset.old === undefined`)) === true;
  await waitFor({ what: 'a renewal', seconds: 60, check: renewed });
  expect(await tab.evaluate(`${closed}.open`)).toBe(true);
  expect(tab.complaints()).toEqual([]);
  await boards.page.stop();
  await tab.evaluate(renew);
  const old = async () =>
    (await tab.evaluate("document.body.classList.contains('stale')")) === true;
  await waitFor({ what: 'being old', seconds: 60, check: old });
  expect(await tab.evaluate("document.querySelector('#state').textContent")).toMatch(
    /^Old: not renewed since \d/,
  );
});

it('a picture of nothing has one colour: the measure can fail', async () => {
  await tab.open('about:blank');
  expect(await tab.coloursSeen()).toBe(1);
});
