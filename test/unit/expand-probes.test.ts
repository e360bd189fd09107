// What saves lines in fargaze.yml: defaults, many targets in one entry, anchors. Mistakes are named where they were written.

import { parseConfigText } from '../../build/config-file.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';

const probesOf = (text: string) => parseConfigText(text).probes;

function issuesOf(text: string): string[] {
  try {
    parseConfigText(text);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.issues.map(({ message, path }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

it('thirty services take three lines and thirty', () => {
  const lines = Array.from({ length: 30 }, (_, n) => `      - https://s${n}.example.com/healthz`);
  const probes = probesOf(
    `probes:\n  - name: shop\n    module: http_2xx\n    targets:\n${lines.join('\n')}\n`,
  );
  expect(probes).toHaveLength(30);
  expect(probes[7]).toMatchObject({
    name: 'shop-s7.example.com-healthz',
    module: 'http_2xx',
    target: 'https://s7.example.com/healthz',
  });
});

it('defaults are for every probe, an entry goes before them, and a target before that; labels of all count', () => {
  const probes = probesOf(`
defaults: { module: http_2xx, interval: 5m, labels: { team: shop, tier: web } }
probes:
  - { name: one, target: 'http://one.example/' }
  - interval: 2m
    labels: { tier: api }
    targets:
      two: http://two.example/
      three: { target: 'http://three.example/', interval: 10m, labels: { pager: quiet } }
`);
  expect(probes.map(({ interval, labels, name }) => ({ interval, labels, name }))).toEqual([
    { name: 'one', interval: 300, labels: { team: 'shop', tier: 'web' } },
    { name: 'two', interval: 120, labels: { team: 'shop', tier: 'api' } },
    { name: 'three', interval: 600, labels: { team: 'shop', tier: 'api', pager: 'quiet' } },
  ]);
});

it('keys that begin with x- hold anchors, and << merges', () => {
  const { modules } = parseConfigText(`
x-web: &web
  valid_status_codes: [200, 204]
modules:
  base: &base { prober: http, timeout: 2s, http: { <<: *web } }
  slow: { <<: *base, timeout: 9s }
probes: []
`);
  expect(modules.slow).toMatchObject({ timeout: 9, http: { validStatusCodes: [200, 204] } });
});

it.each([
  {
    name: 'a wrong target of a list',
    text: 'probes:\n  - module: http_2xx\n    targets:\n      - http://a.example/\n      - ftp://b.example/\n',
    want: 'probes[0].targets[1] (line 5): got "ftp://b.example/", want it to begin with http:// or https://',
  },
  ...['https://[::1', 'http://h:99999', 'a b.example/', 'http://h:80:80/'].map((target) => ({
    name: `${target}, which is no URL,`,
    text: `probes:\n  - { module: http_2xx, targets: ["${target}"] }\n`,
    want: 'want a URL, with a port up to 65535 if it names one',
  })),
  {
    name: 'a wrong key of a target',
    text: 'probes:\n  - module: http_2xx\n    targets:\n      a: { target: http://a.example/, interval: 7s }\n',
    want: 'probes[0].targets.a.interval (line 4): got "7s", want a duration from 1m',
  },
  {
    name: 'a wrong key of the entry',
    text: 'probes:\n  - module: htp_2xx\n    targets: [http://a.example/]\n',
    want: 'probes[0].module (line 2): unknown module "htp_2xx"; did you mean "http_2xx"?',
  },
  {
    name: 'a target beside targets',
    text: 'probes:\n  - { module: http_2xx, target: http://a.example/, targets: [http://b.example/] }\n',
    want: 'probes[0].target (line 2): given beside targets, want one of them',
  },
  {
    name: 'no targets',
    text: 'probes:\n  - { module: http_2xx, targets: [] }\n',
    want: 'probes[0].targets (line 2): want a list of targets, or a mapping of names to targets',
  },
  {
    name: 'an unknown default',
    text: 'defaults: { modul: http_2xx }\nprobes: []\n',
    want: 'defaults.modul (line 1): unknown key; did you mean "module"?',
  },
  {
    name: 'a default that no probe can share',
    text: 'defaults: { name: a }\nprobes: []\n',
    want: 'defaults.name (line 1): unknown key',
  },
  {
    name: 'defaults that are no mapping',
    text: 'defaults: 7\nprobes: []\n',
    want: 'defaults (line 1): want a mapping',
  },
])('$name is named where it was written', ({ text, want }) =>
  expect(issuesOf(text)).toContainEqual(expect.stringContaining(want)),
);

it('an address in its usual forms is a target, and one of variables', () => {
  const targets = [
    'a.example',
    'a:80/x y',
    '[::1]:80',
    'http://bücher.example',
    'http://${H}:${P}/',
  ];
  const { probes } = parseConfigText(JSON.stringify({ probes: [{ module: 'http_2xx', targets }] }));
  expect(probes).toHaveLength(targets.length);
});

describe('options of a probe', () => {
  const text = `
defaults: { module: shop, options: { timeout: 4s } }
modules: { shop: { prober: http, timeout: 2s, http: { method: HEAD, headers: { a: x } } } }
probes:
  - { name: plain, target: 'http://plain.example/', options: {} }
  - options: { http: { valid_status_codes: [401] } }
    targets:
      cart: http://cart.example/
      admin: { target: 'http://admin.example/', options: { retries: 1, http: { headers: { B: y } } } }
  - { name: bare, module: http_2xx, target: 'http://bare.example/', options: { http: { method: PUT } } }
`;

  it('go before those of its module, and leave the module as it is for others', () => {
    const { modules, probes } = parseConfigText(text);
    const seen = probes.map(({ module, name }) => {
      const { http, retries, timeout } = modules[module] as never as {
        http: { method: string; headers: object; validStatusCodes: number[] };
        retries?: number;
        timeout: number;
      };
      return [name, module, timeout, retries, http.method, http.headers, http.validStatusCodes];
    });
    expect(seen).toEqual([
      ['plain', 'shop.plain', 4, undefined, 'HEAD', { a: 'x' }, []],
      ['cart', 'shop.cart', 4, undefined, 'HEAD', { a: 'x' }, [401]],
      ['admin', 'shop.admin', 4, 1, 'HEAD', { a: 'x', B: 'y' }, [401]],
      ['bare', 'http_2xx.bare', 4, undefined, 'PUT', {}, []],
    ]);
    expect(modules.shop).toMatchObject({ timeout: 2 });
  });

  it.each([
    {
      options: '{ timeout: 4 seconds }',
      want: 'probes[0].options.timeout (line 2): got "4 seconds", want a duration from 1ms to 50s such as 5s or 500ms',
    },
    {
      options: '{ http: { methd: GET } }',
      want: 'probes[0].options.http.methd (line 2): unknown key; did you mean "method"?',
    },
    {
      options: '{ htp: {} }',
      want: 'probes[0].options.htp (line 2): unknown key; did you mean "http"?',
    },
    {
      options: '{ prober: tcp }',
      want: 'probes[0].options.prober (line 2): want the prober of the module: name another module',
    },
    { options: '5s', want: 'probes[0].options (line 2): want a mapping of options of the module' },
    {
      options: '{ http: { body_file: nowhere.txt } }',
      want: 'probes[0].options.http.body_file (line 2): got "nowhere.txt", which',
    },
  ])('$options is named where it was written', ({ options, want }) => {
    const [first = '', ...more] = issuesOf(
      `probes:\n  - { name: a, module: http_2xx, target: a, options: ${options} }\n`,
    );
    expect([first.slice(0, want.length), more]).toEqual([want, []]);
  });

  it('what is wrong with one target is named there, what its module or entry has wrong there', () => {
    const wrong = `
modules: { shop: { prober: http, http: { method: 'a b' } } }
probes:
  - module: shop
    options: { http: { compression: zip } }
    targets:
      a: { target: a, options: { retries: 9 } }
`;
    expect(issuesOf(wrong).map((issue) => issue.replace(/:.*/, ''))).toEqual([
      'modules.shop.http.method (line 2)',
      'probes[0].options.http.compression (line 5)',
      'probes[0].targets.a.options.retries (line 7)',
    ]);
  });
});

it('thirty services of three teams, with their differences, take less than forty lines', () => {
  const names = (from: number) => Array.from({ length: 9 }, (_, n) => `s${from + n}`);
  const list = (from: number) =>
    names(from).map((name) => `      - https://${name}.example.com/healthz`);
  const text = [
    'x-severe: &severe { severity: critical, quiet_during_rollout: prod/web }',
    'defaults: { module: http_2xx, vantage: internet, labels: { team: shop } }',
    'probes:',
    '  - { name: shop, <<: *severe, targets: [',
    ...list(0).map((line) => `${line.replace('- ', '')},`),
    '    ] }',
    '  - name: pay',
    '    labels: { team: pay }',
    '    targets:',
    ...list(10),
    '  - targets:',
    ...names(20).map((name) => `      ${name}: https://${name}.example.com/`),
    '      admin: { target: https://admin.example.com/, options: { http: { valid_status_codes: [401] } } }',
    '      slow: { target: https://slow.example.com/, interval: 5m, options: { timeout: 20s } }',
    '      mail: { target: https://mail.example.com/, labels: { team: mail } }',
  ];
  const probes = probesOf(text.join('\n'));
  expect([probes.length, text.length < 40]).toEqual([30, true]);
  expect(new Set(probes.map(({ labels }) => labels?.team))).toEqual(
    new Set(['shop', 'pay', 'mail']),
  );
  expect(probes.filter(({ severity }) => severity === 'critical')).toHaveLength(9);
});
