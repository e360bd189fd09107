// A request that a server of HTTP/2 says it has not processed is sent again (RFC 9113, 8.7), as browsers do: a proxy says so where
// its own idle connection had gone, and a server that is about to stop. Twice, at once, over new connections.
import { type ProbeEnvironment, roundSeconds } from '@fargaze/core/internal';
import type { Hop } from './hop-types.ts';

/** How often one request is sent, the first time included. */
export const mostRequests = 3;

/** The detail of a failure after that many. */
export function afterAll(detail: string): string {
  return `${detail} (asked ${mostRequests} times)`;
}

/** Opens another hop where `first` was not processed. What took time before counts. */
export async function askAgain(
  first: Hop,
  open: () => Promise<Hop>,
  { trace }: Pick<ProbeEnvironment, 'trace'>,
): Promise<Hop> {
  let hop = first;
  for (let sent = 1; sent < mostRequests && isUnprocessed(hop); sent += 1) {
    trace('the server has not processed the request, which is sent again');
    hop = withTimeOf(hop, await open());
  }
  if (hop.ok || !isUnprocessed(hop)) return hop;
  return { ...hop, outcome: { ...hop.outcome, detail: afterAll(hop.outcome.detail) } };
}

function isUnprocessed(hop: Hop): boolean {
  return !hop.ok && hop.unprocessed === true;
}

function withTimeOf(before: Hop, hop: Hop): Hop {
  const sum = (one = 0, other = 0) => roundSeconds(one + other);
  const { connect, resolve, tls } = before.facts.durations;
  const { durations } = hop.facts;
  const facts = {
    ...hop.facts,
    durations: {
      ...durations,
      ...(resolve !== undefined && { resolve: sum(resolve, durations.resolve) }),
      ...(connect !== undefined && { connect: sum(connect, durations.connect) }),
      ...(tls !== undefined && { tls: sum(tls, durations.tls) }),
    },
  };
  return { ...hop, facts, processing: sum(before.processing, hop.processing) };
}
