// The page that shows the boards where there is no Grafana, beside a real Prometheus: what it shows, whom it refuses, and what it
// says while Prometheus is gone. test/deployed opens it in a browser.
import { request } from 'node:http';
import { type HostileBoards, hostileName, startHostileBoards } from '../support/hostile-boards.ts';

let boards: HostileBoards;
beforeAll(async () => {
  boards = await startHostileBoards();
});
afterAll(() => boards.stop());

type Got = {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
};

/** As fetch, which sends no other Host than that of the address. */
function get(
  path: string,
  { host, method = 'GET' }: { readonly host?: string; readonly method?: string } = {},
) {
  const url = new URL(path, boards.page.url);
  return new Promise<Got>((resolve, reject) => {
    const one = request(url, { method, headers: { host: host ?? url.host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    one.on('error', reject).end();
  });
}

it('shows each board with its sections, and names of data stay text', async () => {
  const { body, headers, status } = await get('/');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  for (const title of ['Now', 'Objectives', 'Targets', 'Can this be trusted?']) {
    expect(body).toContain(`<summary>${title}</summary>`);
  }
  expect(body).toContain('http://a.example/&lt;script&gt;document.title=&quot;taken&quot;');
  expect(body).not.toContain(hostileName);
  expect(body.match(/<script/g)).toHaveLength(1);
  // Closed as in Grafana.
  expect(body).toContain('<details><summary>Can this be trusted?');
  const links = [...body.matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => href);
  expect(links.length).toBe(7 + 3);
  for (const href of links) expect([href, (await get(href)).status]).toEqual([href, 200]);
});

it('loads nothing from elsewhere and runs nothing that stands in the page', async () => {
  const { body, headers } = await get('/');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(body).not.toMatch(/(?:src|href)="(?!\/)/);
  expect(body).not.toMatch(/ style="|<style| on\w+="/);
  for (const path of ['/style.css', '/renew.js', '/icon.svg']) {
    expect([path, (await get(path)).status]).toEqual([path, 200]);
  }
});

it.each([
  {
    name: 'a page of elsewhere whose name leads here',
    path: '/',
    host: 'evil.example',
    status: 421,
  },
  { name: 'a host without a port', path: '/', host: '127.0.0.1', status: 421 },
  { name: 'a change', path: '/', method: 'POST', status: 405 },
  { name: 'a board that is not', path: '/boards/nonsense', status: 404 },
  { name: 'a span that is not', path: '/?span=1y', status: 404 },
  { name: 'a name that every object has', path: '/?span=toString', status: 404 },
  { name: 'a file elsewhere', path: '/../package.json', status: 404 },
  { name: 'the name of an inherited file', path: '/constructor', status: 404 },
])('refuses $name', async ({ host, method, path, status }) => {
  const got = await get(path, { ...(host && { host }), ...(method && { method }) });
  expect(got.status).toBe(status);
  expect(got.headers['content-security-policy']).toContain("default-src 'none'");
});

it('listens on the loopback address only', () => {
  expect(new URL(boards.page.url).hostname).toBe('127.0.0.1');
});

it('says so while Prometheus does not answer', async () => {
  await boards.prometheus.stop();
  const content = await get('/content/boards/fargaze-web?span=3h');
  expect(content.status).toBe(503);
  expect(content.body).toMatch(/^Prometheus does not answer: /);
  const page = await get('/boards/fargaze-web?span=3h');
  expect(page.status).toBe(503);
  expect(page.body).toContain('<p class="trouble">Prometheus does not answer: ');
  // The others can still be reached from it.
  expect(page.body).toContain('/boards/fargaze-redis?span=3h');
});
