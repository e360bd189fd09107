// Lambda entry of deliver: the delivery queue's messages, two invocations at once at most (serverless.yml).
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { runDeliver } from './deliver.ts';

const moved = new Set<string>();
const seen = new Set<string>();
const reported = new Set<string>();

/** Delivers a batch of messages and names those that stay in the queue. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  runDeliver({ moved, seen, reported }, event, context);
