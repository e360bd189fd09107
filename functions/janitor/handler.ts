// Lambda entry of janitor.
import { config } from 'fargaze:config';
import type { Context } from 'aws-lambda';
import { type JanitorSummary, runJanitor } from './janitor.ts';

/** Deletes groups at the Pushgateway that are ours and that nobody renews any more. */
export const handler = (event: unknown, context: Context): Promise<JanitorSummary> =>
  runJanitor({ config }, event, context);
