// Lambda entry of deliver: the delivery queue's messages, two invocations at once at most (serverless.yml).
import type { InvocationContext } from '@fargaze/core';
import { type BatchResponse, runDeliver } from './deliver.ts';

/** Delivers a batch of messages and names those that are worth another try. */
export const handler = (event: unknown, context: InvocationContext): Promise<BatchResponse> =>
  runDeliver({}, event, context);
