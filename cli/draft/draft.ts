// A fargaze.yml before it is written: what to probe and what to read, from wherever it was learnt.

/** Probes that have all but their targets in common. */
export type ProbeGroup = {
  readonly module: string;
  readonly vantage?: 'internet' | 'vpc';
  /** Such as `1m`; unset: every minute. */
  readonly interval?: string;
  readonly job?: string;
  /** Labels that their alerts carry. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Addresses by the names of their probes. */
  readonly targets: Readonly<Record<string, string>>;
  /** What a reader should know of it, a line each. */
  readonly comments?: readonly string[];
};

/** What to read of CloudWatch. */
export type CloudWatchDraft = {
  readonly interval?: string;
  readonly naming?: 'cloudwatch_exporter';
  /** Path of a YACE file, or its content. */
  readonly jobs:
    | { readonly file: string }
    | { readonly content: Readonly<Record<string, unknown>> };
  /** USD a month. */
  readonly budget?: number;
};

/** All of it. */
export type Draft = {
  /** Path of a blackbox.yml. */
  readonly blackbox?: string;
  readonly modules?: Readonly<Record<string, unknown>>;
  readonly groups: readonly ProbeGroup[];
  /** Names of clusters to read; unset: all. */
  readonly clusters?: readonly string[];
  readonly cloudwatch?: CloudWatchDraft;
};

/** The name of a probe for an address: its host and path, in the characters that a name may have. */
export function nameOf(address: string): string {
  const plain = address
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^/@]*@/, '')
    .replace(/[?#].*$/, '');
  const name = plain
    .replace(/[^A-Za-z0-9_.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return name === '' ? 'target' : name;
}

/** `wanted`, with a number behind it where it is taken; takes it. */
export function takeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
  taken.add(name);
  return name;
}
