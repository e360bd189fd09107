// What saves lines in fargaze.yml: defaults, many targets in one entry, anchors. Mistakes are named where they were written.
import { ConfigError } from '../../layers/core/src/errors.ts';
import { parseConfigText } from '../../scripts/config-file.ts';

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
