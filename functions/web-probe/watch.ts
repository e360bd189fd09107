// Runs patterns over bytes. One that works for long lets the other probes run in between, and ends at the deadline.
import { Matcher, type Pattern, type ProbeEnvironment } from '@fargaze/core/internal';

/** Reads `bytes`. @throws the deadline's reason. */
export async function scanBytes(
  matcher: Matcher,
  bytes: Uint8Array,
  { clock, deadline }: Pick<ProbeEnvironment, 'clock' | 'deadline'>,
): Promise<void> {
  for (let at = matcher.scan(bytes); at < bytes.length; at = matcher.scan(bytes, at)) {
    await clock.sleep(0, deadline.signal);
  }
}

/** Whether `bytes` hold a match. @throws the deadline's reason. */
export async function matchesBytes(
  pattern: Pattern,
  bytes: Uint8Array,
  env: Pick<ProbeEnvironment, 'clock' | 'deadline'>,
): Promise<boolean> {
  const matcher = new Matcher(pattern);
  await scanBytes(matcher, bytes, env);
  return matcher.end();
}
