// Servers may repeat a password in what they say of themselves. Hides it in labels and details; keeps the values that
// servers of this kind have in any case, and the names that the configuration has, also where they are the password.
import { type Failure, hideCutSecrets, hideSecrets, type Sample } from '@fargaze/core/internal';
import type { Reply } from './resp.ts';
import type { Visit } from './visit.ts';

/** Engines, modes, roles, states of links and clusters, policies of eviction, events of latency, versions. */
const usual =
  /^(?:redis|valkey|keydb|dragonfly|standalone|cluster|sentinel|master|slave|connect(?:ing|ed)?|handshake|sync|ok|fail|noeviction|(?:allkeys|volatile)-(?:lru|lfu|lrm|random)|volatile-ttl|(?:fast-)?command|fork|(?:aof|active-defrag|eviction|expire|rdb)-[a-z-]+|\d+\.\d+(?:\.\d+)*)$/;

/** Characters of a server's text that become a label. */
export const longest = 40;

/** Characters of a primary's name that become a label. */
export const longestName = 200;

/** Labels that a server's own words may become after they were cut. */
const foreign = ['event', 'master', 'node', 'replica'];

/** One value of a server; what it says of itself in the usual words is kept. */
export function hideInValue(text: string, secrets: readonly string[]): string {
  return usual.test(text) ? text : hideSecrets(text, secrets);
}

/** The texts of a reply that hold a secret, whole: our own words may be the same as a password, a server's are hidden. */
export function echoesIn(reply: Reply, secrets: readonly string[]): readonly string[] {
  if (secrets.length === 0) return [];
  const texts = textsIn(reply);
  const all = texts.join(' ');
  if (hideSecrets(all, secrets) === all) return [];
  return texts.filter((text) => hideSecrets(text, secrets) !== text);
}

/** What may become part of a word of ours: names, hosts, states. INFO has many lines, and its values are hidden one by one. */
function textsIn(reply: Reply): string[] {
  if (typeof reply === 'string') return reply.includes('\n') ? [] : [reply];
  return Array.isArray(reply) ? (reply as readonly Reply[]).flatMap(textsIn) : [];
}

/** A text that may repeat what servers said, such as a detail: only their words are changed. */
export function hideInText(visit: Visit, text: string): string {
  const secrets = secretsFor(visit);
  const longestFirst = [...visit.echoes].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, echo) => {
    const literal = echo.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const whole = new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
    return rest.replace(whole, () => hideSecrets(echo, secrets));
  }, text);
}

/** A sample without passwords in its labels. */
export function hideInSample(visit: Visit, one: Sample): Sample {
  const secrets = secretsFor(visit);
  if (secrets.length === 0) return one;
  const labels = Object.entries(one.labels).map(([name, value]) => {
    const kept = !foreign.includes(name) || address.test(value);
    const cut = value.length === (name === 'master' ? longestName : longest);
    return [name, kept ? value : (cut ? hideCutSecrets : hideSecrets)(value, secrets)];
  });
  return { ...one, labels: Object.fromEntries(labels) };
}

/** A failure without passwords in its detail. */
export function hideInFailure(visit: Visit, one: Failure): Failure {
  return { ...one, detail: hideInText(visit, one.detail) };
}

/** An IP address with a port. */
const address = /^(?:[\d.]+|\[[\da-f:.]+\]):\d+$/i;

/** Without those that the configuration shows as a name, and those that look like a port or one of the usual words. */
function secretsFor({ address: { host }, options, secrets, target }: Visit): readonly string[] {
  const names = [host, target.name, ...options.sentinelMasters].join(' ');
  return secrets.filter(
    (secret) => !names.includes(secret) && !usual.test(secret) && !/^\d{1,5}$/.test(secret),
  );
}
