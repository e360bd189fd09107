// Remote write against the deployed Prometheus, by both versions of the protocol.
import { deployedPrograms } from '../../local/programs/go.ts';
import { describeReceivers } from '../support/remote-write-suite.ts';

const find = async () =>
  (await deployedPrograms(['prometheus'], { report: () => undefined })).prometheus;

/** It takes both versions unless it is told otherwise. */
const only = (message: string) => [
  `--web.remote-write-receiver.accepted-protobuf-messages=${message}`,
];
const first = only('prometheus.WriteRequest');
const second = only('io.prometheus.write.v2.Request');

describeReceivers([
  { name: '1.0, out-of-order window', find, version: 1, window: '30m', args: first },
  { name: '2.0', find, version: 2, args: second },
  { name: '2.0, out-of-order window', find, version: 2, window: '30m', args: second },
]);
