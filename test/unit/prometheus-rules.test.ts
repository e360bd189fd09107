// What the rule generator writes and what the reader of metric names sees, without any program.
import { parse } from 'yaml';
import { listMetrics, listTemplateQueries } from '../../infra/config/prometheus/metric-names.ts';
import {
  type ExpectedProbe,
  renderNeverSeenRules,
} from '../../infra/config/prometheus/never-seen.ts';

describe('listMetrics', () => {
  it.each([
    { name: 'a bare name', expression: 'up', metrics: ['up'] },
    { name: 'a recorded name', expression: 'a:b_c:fresh == 0', metrics: ['a:b_c:fresh'] },
    { name: 'matchers are not names', expression: 'up{job="web",a=~"b"} > 1', metrics: ['up'] },
    { name: 'braces in a value', expression: 'a{x="}b{"} + c', metrics: ['a', 'c'] },
    { name: 'quotes in a value', expression: String.raw`a{x="\"} b"} + c`, metrics: ['a', 'c'] },
    { name: 'functions', expression: 'time() - rate(a[5m])', metrics: ['a'] },
    {
      name: 'label lists',
      expression: 'sum by (l) (a) / on(m) group_left(n, o) count without (p) (b)',
      metrics: ['a', 'b'],
    },
    {
      name: 'group_left without labels',
      expression: 'a * on (x) group_left b',
      metrics: ['a', 'b'],
    },
    { name: 'ranges', expression: 'max_over_time(a[1h:1m] offset 5m)', metrics: ['a'] },
    { name: 'set operators', expression: 'a and b or c unless d', metrics: ['a', 'b', 'c', 'd'] },
    { name: 'numbers', expression: '0x1f + 1e3 + Inf + NaN + 2.5 * a', metrics: ['a'] },
    { name: 'each once', expression: 'a / (a + b)', metrics: ['a', 'b'] },
    { name: 'a comment', expression: 'a # b\n+ c', metrics: ['a', 'c'] },
    { name: 'a name in braces', expression: '{__name__="a",job="b"}', metrics: ['a'] },
    { name: 'a negated label', expression: 'a{b!="c"} != bool d', metrics: ['a', 'd'] },
    { name: 'nothing to read', expression: 'vector(1)', metrics: [] },
  ])('$name', ({ expression, metrics }) => {
    expect(listMetrics(expression)).toEqual(metrics);
  });

  it.each(['{__name__=~"a.+"}', '{job="x",__name__!="a"}'])('%s names no metric', (expression) => {
    expect(() => listMetrics(expression)).toThrow(RangeError);
  });
});

describe('listTemplateQueries', () => {
  it.each([
    { name: 'no query', template: '{{ $labels.job }} is "down"', queries: [] },
    { name: 'a piped query', template: 'x {{ with "up{}" | query }}y{{ end }}', queries: ['up{}'] },
    {
      name: 'an argument',
      template: '{{ range query `up{a="b"}` }}{{ end }}',
      queries: ['up{a="b"}'],
    },
    {
      name: 'a formatted query beside other actions',
      template: '{{ label "a" . }}{{ printf "up{a=%q}" $labels.a | query | first | value }}',
      queries: ['up{a=%q}'],
    },
    { name: 'the word in a text only', template: '{{ "query" | title }}', queries: [] },
  ])('$name', ({ template, queries }) => {
    expect(listTemplateQueries(template)).toEqual(queries);
  });
});

describe('renderNeverSeenRules', () => {
  const rulesOf = (...probes: ExpectedProbe[]) =>
    parse(renderNeverSeenRules(probes)).groups[0].rules as {
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];

  it('has one rule for all probes that are waited for equally long', () => {
    const rules = rulesOf(
      { job: 'j', instance: 'a', name: 'one' },
      { job: 'j', instance: 'b', name: 'two' },
      { job: 'j', instance: 'c', name: 'three', interval: 3600 },
    );
    const missing = (instance: string, name: string) =>
      `label_replace(absent(fargaze_probe_timestamp_seconds{job="j",instance="${instance}"}), "probe", "${name}", "", "")`;
    expect(rules.map(({ expr }) => expr)).toEqual([
      `(${missing('a', 'one')} or ${missing('b', 'two')}) unless on () up{job="pushgateway"} == 0`,
      `(${missing('c', 'three')}) unless on () up{job="pushgateway"} == 0`,
    ]);
  });

  it('misses more than a thousand probes by their list, but for those with labels of their own', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({
      ...{ job: 'j', instance: `i${i}`, name: `p${i}` },
      ...(i === 7 && { interval: 3600 }),
    }));
    const listed =
      'fargaze:probe_expected unless on (job, instance) fargaze_probe_timestamp_seconds';
    const owned = { job: 'j', instance: 'own', name: 'own', labels: { team: 'shop' } };
    expect(rulesOf(...many).map(({ expr }) => expr.length > 10_000)).toEqual([true, false]);
    const plain = { job: 'j', instance: 'last', name: 'last' };
    expect(rulesOf(...many, plain).map((rule) => [rule.for, rule.expr])).toEqual([
      ['2h30m', `(${listed}) unless on () up{job="pushgateway"} == 0`],
    ]);
    const [first, second] = rulesOf(...many, owned);
    expect([first?.for, second?.for]).toEqual(['5m', '2h30m']);
    expect(first?.expr).toMatch(/^\(label_replace\(.*absent\(.*instance="own".*"team", "shop"/);
    expect(second?.expr).toBe(
      `((${listed} unless on (job, instance) (fargaze:probe_expected{job="j",instance="own"}))) unless on () up{job="pushgateway"} == 0`,
    );
  });

  it('is a valid file without probes', () => {
    expect(rulesOf()).toEqual([]);
  });

  it.each([
    { interval: undefined, wait: '5m' },
    { interval: 60, wait: '5m' },
    { interval: 120, wait: '5m' },
    { interval: 180, wait: '7m30s' },
    { interval: 3600, wait: '2h30m' },
    { interval: 86_400, wait: '2d12h' },
    { interval: 121, wait: '5m3s' },
  ])('waits $wait for an interval of $interval seconds', ({ interval, wait }) => {
    const [rule] = rulesOf({
      ...{ job: 'j', instance: 'i', name: 'n' },
      ...(interval !== undefined && { interval }),
    });
    expect(rule?.for).toBe(wait);
    expect(rule?.annotations.description).toContain(`For ${wait} `);
  });

  it.each([0, -60, Number.NaN, Number.POSITIVE_INFINITY])('refuses interval %p', (interval) => {
    expect(() => renderNeverSeenRules([{ job: 'j', instance: 'i', name: 'n', interval }])).toThrow(
      `probe n has interval ${interval}, want seconds above 0`,
    );
  });

  it('keeps what a probe is called out of templates', () => {
    const hostile = '{{ query "up" }}{{{$1';
    const [rule] = rulesOf({ job: hostile, instance: hostile, name: hostile });
    const texts = Object.values({ ...rule?.labels, ...rule?.annotations }).join('\n');
    expect(texts).not.toContain('query');
    expect(rule?.expr).toContain('$$1", "", "")');
  });
});
