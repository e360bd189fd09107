// EC2's DescribeNetworkInterfaces, for the interfaces of tasks: what service discovery asks for public addresses.
import type { Context } from '../call/context.ts';
import { desiredStatusOf, interfaceIdOf } from '../model/task.ts';
import type { Task } from '../model/types.ts';
import { AwsError } from '../wire/errors.ts';

/** DescribeNetworkInterfaces, by id. No task has a public address. @throws AwsError when one is not there. */
export function describeNetworkInterfaces(context: Context): object {
  const { NetworkInterfaceId: named } = context.call.input;
  const ids = typeof named === 'object' && named !== null ? Object.values(named).map(String) : [];
  const tasks = new Map(
    [...context.region.clusters.values()]
      .flatMap((cluster) => [...cluster.tasks.values()])
      .filter((task) => desiredStatusOf(task, context.view.now) === 'RUNNING')
      .map((task) => [interfaceIdOf(task), task]),
  );
  return {
    networkInterfaceSet: ids.map((id) => {
      const task = tasks.get(id);
      if (task !== undefined) return describe(id, task);
      throw new AwsError(
        { code: 'InvalidNetworkInterfaceID.NotFound' },
        `The networkInterface ID '${id}' does not exist`,
      );
    }),
  };
}

function describe(id: string, { address, zone }: Task): object {
  return {
    networkInterfaceId: id,
    availabilityZone: zone,
    interfaceType: 'interface',
    privateIpAddress: address,
    status: 'in-use',
  };
}
