// Lambda entry of ecs-bridge.
import { config } from 'fargaze:config';
import type { Context } from 'aws-lambda';
import type { BridgeSummary } from './answer.ts';
import { runBridge } from './bridge.ts';
import { Memory } from './cloudwatch/memory.ts';
import { watchYoungGeneration } from './heap/young-generation.ts';

const memory = new Memory();

/** Reads the ECS API and, when it is due, CloudWatch, and delivers the data. */
export const handler = (event: unknown, context: Context): Promise<BridgeSummary> => {
  watchYoungGeneration();
  return runBridge({ config: config.bridge, memory }, event, context);
};
