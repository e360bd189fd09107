// The errors that faults on demand answer with, worded as the services word them.
import type { Call } from './call/context.ts';
import { faces } from './faces.ts';
import type { FaultKind } from './faults.ts';
import { arnOf } from './model/arn.ts';
import type { Region } from './model/types.ts';
import { AwsError } from './wire/errors.ts';

/** The error of a fault as the service words it; undefined for one that is no answer of the service. */
export function errorOf(kind: FaultKind, call: Call, region: Region): AwsError | undefined {
  switch (kind) {
    case 'throttle':
    case 'rate-limit':
      return new AwsError(
        { code: 'ThrottlingException', queryCode: 'Throttling' },
        'Rate exceeded',
      );
    case 'access-denied':
      return accessDenied(call, region);
    case 'internal-error': {
      const code = faces[call.service].internalError;
      const queryCode = call.service === 'cloudwatch' ? 'InternalServiceError' : code;
      return new AwsError(
        { code, queryCode, status: 500 },
        'Service Unavailable. Please try again later.',
      );
    }
    default:
      return undefined;
  }
}

function accessDenied(call: Call, region: Region): AwsError {
  const action = `${faces[call.service].iamPrefix}:${call.api}`;
  const resource = call.service === 'ecs' ? ` on resource: ${deniedResource(call, region)}` : '';
  return new AwsError(
    { code: 'AccessDeniedException', queryCode: 'AccessDenied' },
    `User: ${call.identity} is not authorized to perform: ${action}${resource}` +
      ` because no identity-based policy allows the ${action} action`,
  );
}

/** What IAM names for an ECS call: the first thing that is asked for, the cluster, or everything. */
function deniedResource({ api, input }: Call, region: Region): string {
  const cluster =
    String(input.cluster ?? 'default')
      .split('/')
      .at(-1) ?? '';
  const first = (key: string) =>
    String([input[key]].flat()[0] ?? '')
      .split('/')
      .at(-1);
  switch (api) {
    case 'DescribeServices':
      return arnOf(region, 'ecs', `service/${cluster}/${first('services')}`);
    case 'DescribeTasks':
      return arnOf(region, 'ecs', `task/${cluster}/${first('tasks')}`);
    case 'DescribeClusters':
      return arnOf(region, 'ecs', `cluster/${first('clusters') || 'default'}`);
    case 'ListTasks':
      return arnOf(region, 'ecs', `container-instance/${cluster}/*`);
    default:
      return '*';
  }
}
