// What a Pushgateway does with a push that clashes with what it holds.
import { findPrograms } from '../../local/programs/find.ts';

/**
 * Whether this machine's Pushgateway answers a clashing push at all. 1.11.0, which Debian 13 packages, panics instead and
 * closes the connection; every other that we know answers 400. To a sender that is a failure that a retry may mend.
 */
export async function answersClashes(): Promise<boolean> {
  const { pushgateway } = await findPrograms(['pushgateway'], { report: () => undefined });
  return pushgateway.version !== '1.11.0';
}
