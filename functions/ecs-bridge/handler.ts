// Lambda entry of ecs-bridge.

import { config } from 'fargaze:config';
import type { InvocationContext } from '@fargaze/core';
import { type BridgeSummary, runBridge } from './bridge.ts';

/** Reads the ECS API and delivers what it says of services and tasks. */
export const handler = (event: unknown, context: InvocationContext): Promise<BridgeSummary> =>
  runBridge({ config: config.bridge }, event, context);
