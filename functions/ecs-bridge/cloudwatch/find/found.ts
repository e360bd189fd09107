// What the stage hands on: jobs and expressions in their scopes, with the windows to read.
import type {
  CloudWatchExpression,
  CloudWatchJob,
  EpochSeconds,
  Seconds,
} from '@fargaze/core/internal';
import type { ScopeClients } from '../../aws/scope.ts';
import type { Shown } from '../pass/pass.ts';
import type { Span } from '../pass/time.ts';
import type { Discovery, MetricQuery } from './metric-query.ts';

/** Statistics of one metric that are read together. */
export type ReadUnit = {
  readonly query: MetricQuery;
  /** Key of its job. */
  readonly job: string;
  readonly region: string;
  readonly statistics: readonly string[];
  /** How many statistics. */
  readonly size: number;
  readonly period: Seconds;
  readonly shown: Shown;
  readonly span: Span;
  /** All points before it have been delivered; undefined: unknown. */
  readonly watermark: EpochSeconds | undefined;
  /** Equal for the same unit in another pass. */
  readonly key: string;
};

/** A job in a scope, ready to be read. */
export type ScopedJob = {
  readonly job: CloudWatchJob;
  readonly scope: ScopeClients;
  readonly key: string;
  readonly discovery: Discovery;
  readonly units: readonly ReadUnit[];
};

/** An expression in a scope, ready to be read. */
export type ScopedExpression = {
  readonly expression: CloudWatchExpression;
  readonly scope: ScopeClients;
  readonly key: string;
  readonly shown: Shown;
  readonly span: Span;
  /** All points before it have been delivered; undefined: unknown. */
  readonly watermark: EpochSeconds | undefined;
};
