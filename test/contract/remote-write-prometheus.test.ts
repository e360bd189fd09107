// Remote write against this machine's own Prometheus; test/deployed does the same with the deployed one.
import { findPrograms } from '../../local/programs/find.ts';
import { describeReceivers } from '../support/remote-write-suite.ts';

const find = async () =>
  (await findPrograms(['prometheus'], { report: () => undefined })).prometheus;

describeReceivers([
  { name: '1.0', find, version: 1 },
  { name: '1.0, out-of-order window', find, version: 1, window: '30m' },
]);
