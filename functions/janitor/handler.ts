// Lambda entry of janitor.
import { config } from 'fargaze:config';
import type { Context } from 'aws-lambda';
import { type JanitorSummary, runJanitor } from './janitor.ts';

/** Deletes the groups of this deployment at the Pushgateway that nobody renews any more. */
export const handler = (event: unknown, context: Context): Promise<JanitorSummary> =>
  runJanitor({ config }, event, context);
