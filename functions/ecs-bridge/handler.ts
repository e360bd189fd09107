// Lambda entry of ecs-bridge.

import { config } from 'fargaze:config';
import type { InvocationContext } from '@fargaze/core';
import type { BridgeSummary } from './answer.ts';
import { runBridge } from './bridge.ts';
import { Memory } from './memory.ts';

const memory = new Memory();

/** Reads the ECS API and, when it is due, CloudWatch, and delivers what they say. */
export const handler = (event: unknown, context: InvocationContext): Promise<BridgeSummary> =>
  runBridge({ config: config.bridge, memory }, event, context);
