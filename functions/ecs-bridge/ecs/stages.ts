// Where deployments stand that shift traffic (blue/green, canary, linear). Asked for while one is under way only, so most runs
// cost no call.
import type { Sample } from '@fargaze/core/internal';
import { sample } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import type { RawServiceDeployment } from '../aws/sdk-types.ts';
import type { Calls } from './calls.ts';
import type { Service } from './narrow.ts';
import type { ServiceLabels } from './task-samples.ts';

/** A deployment that shifts traffic; shares are from 0 to 1, and left out where ECS does not say. */
export type Stage = {
  readonly status: string;
  readonly stage: string;
  readonly shares: readonly {
    readonly revision: 'source' | 'target';
    readonly listener: 'production' | 'test';
    readonly share: number;
  }[];
};

/** The stages of deployments under way, by the ARN of the service. Without the permission it is a fault, and nothing is missing else. */
export async function readStages(
  api: EcsApi,
  calls: Calls,
  services: readonly Service[],
): Promise<ReadonlyMap<string, Stage>> {
  const shifting = services.filter(isShifting);
  const arns = shifting.flatMap(({ currentServiceDeployment: arn }) => arn ?? []);
  const answers = await calls.inParts(arns, describeLimits.deployments, (part) =>
    api.describeServiceDeployments(part),
  );
  return new Map(
    answers
      .flatMap((answer) => answer ?? [])
      .filter(({ lifecycleStage }) => lifecycleStage !== undefined)
      .map((one) => [one.serviceArn ?? '', narrowStage(one)]),
  );
}

/** Whether a deployment of a strategy that shifts traffic is under way: while it bakes both sides stand. */
function isShifting({ deployments, strategy }: Service): boolean {
  if (strategy === undefined || strategy === 'ROLLING') return false;
  return (
    deployments.length > 1 || deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
  );
}

function narrowStage(raw: RawServiceDeployment): Stage {
  const { lifecycleStage = '', sourceServiceRevisions = [], status = '' } = raw;
  const target = raw.targetServiceRevision === undefined ? [] : [raw.targetServiceRevision];
  const sides = { source: sourceServiceRevisions, target } as const;
  const shares = (['source', 'target'] as const).flatMap((revision) =>
    (['production', 'test'] as const).flatMap((listener) => {
      const weights = sides[revision].flatMap(
        (one) =>
          (listener === 'production'
            ? one.requestedProductionTrafficWeight
            : one.requestedTestTrafficWeight) ?? [],
      );
      if (weights.length === 0) return [];
      return [{ revision, listener, share: weights.reduce((sum, one) => sum + one, 0) / 100 }];
    }),
  );
  return { status, stage: lifecycleStage, shares };
}

/** Samples of a deployment under way. */
export function stageSamples({ shares, stage, status }: Stage, labels: ServiceLabels): Sample[] {
  return [
    sample('ecs_service_deployment_stage', { stage, deployment_status: status, ...labels }, 1),
    ...shares.map(({ listener, revision, share }) =>
      sample('ecs_service_deployment_traffic_ratio', { revision, listener, ...labels }, share),
    ),
  ];
}
