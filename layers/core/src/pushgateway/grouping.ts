// Grouping keys in Pushgateway URLs (github.com/prometheus/pushgateway#url).

/**
 * The path of a group below the Pushgateway's base: `/metrics/job/<job>/<name>/<value>…`, job first, then by name.
 * Values that are empty or hold a slash go as `name@base64` (URL-safe), which every version decodes. A lone surrogate,
 * which no URL or exposition can carry, becomes U+FFFD.
 */
export function groupPath(grouping: Readonly<Record<string, string>>): string {
  const { job = '', ...rest } = grouping;
  const others = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [['job', job] as const, ...others].map(([name, value]) => labelPath(name, value));
  return `/metrics/${parts.join('/')}`;
}

function labelPath(name: string, value: string): string {
  if (value === '') return `${name}@base64/=`;
  // A lone dot segment would be folded away by URL normalisation.
  if (/\/|^\.{1,2}$/.test(value) || !value.isWellFormed()) {
    return `${name}@base64/${Buffer.from(value, 'utf8').toString('base64url')}`;
  }
  return `${name}/${encodeURIComponent(value)}`;
}

/** A text that is equal for jobs and instances that a Pushgateway takes for equal ({@link groupPath}), and for no others. */
export function groupKey({
  instance,
  job,
}: {
  readonly job: string;
  readonly instance: string;
}): string {
  return JSON.stringify([job.toWellFormed(), instance.toWellFormed()]);
}
