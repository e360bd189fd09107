// What an operation gets to answer a call, and what it reports to the accounting.

import type { View } from '../metrics/visibility.ts';
import type { Region, World } from '../model/types.ts';
import type { Input } from '../wire/input.ts';

/** The services that answer. */
export type ServiceName =
  | 'apigateway'
  | 'aps'
  | 'autoscaling'
  | 'cloudwatch'
  | 'dms'
  | 'ec2'
  | 'ecs'
  | 'elb'
  | 'iam'
  | 'shield'
  | 'storagegateway'
  | 'sts'
  | 'tagging';

/** A decoded and authenticated request. */
export type Call = {
  readonly service: ServiceName;
  readonly api: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the caller. */
  readonly identity: string;
  readonly accessKey: string;
  readonly input: Input;
};

/** What the accounting learns from an answer besides the call itself. */
export type Facts = {
  /** Queries of a GetMetricData request. */
  readonly queries?: number;
  /** Metrics that AWS would bill. */
  readonly billed?: number;
  /** Points in the answer. */
  readonly points?: number;
};

/** How faults on demand bend an answer that is not an error. */
export type Directives = {
  /** No page holds more than this. */
  readonly pageSize?: number;
  /** GetMetricData gives half of the points, with or without a token for the others. */
  readonly partial?: 'continued' | 'final';
  /** So many queries of GetMetricData have the status InternalError. */
  readonly failingQueries?: number;
};

/** Everything an operation works with. */
export type Context = {
  readonly world: World;
  /** The caller's region. */
  readonly region: Region;
  readonly call: Call;
  readonly view: View;
  readonly directives: Directives;
  note(facts: Facts): void;
};

/** Answers one API. @throws AwsError */
export type Operation = (context: Context) => object;
