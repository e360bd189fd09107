// Holds a plan against the budget before it runs. Pure: the same plan is always judged alike. Never silent: what is slowed
// or refused comes with a message that names plan, price and budget.
import type { BudgetConfig, CloudWatchConfig, Seconds } from '@fargaze/core';
import { costOfRun, costPerMonth, month, type PlanSize } from './prices.ts';

/** What may be done. */
export type BudgetDecision =
  | { readonly verdict: 'fits'; readonly interval: Seconds; readonly usdPerMonth: number }
  | {
      readonly verdict: 'slowed';
      /** Whole minutes, longer than configured. */
      readonly interval: Seconds;
      /** At that interval. */
      readonly usdPerMonth: number;
      readonly message: string;
    }
  | {
      readonly verdict: 'refused';
      /** What the configured interval would have cost. */
      readonly usdPerMonth: number;
      readonly message: string;
    };

/** A price that meets the budget must not exceed it by the rounding of its last bits. */
const tolerance = 1e-9;

type Terms = Pick<CloudWatchConfig, 'interval' | 'settle' | 'backfill' | 'budget'>;

/**
 * Whether a plan may run, and how often. A plan is slowed only as far as no point is lost: an interval must fit into
 * `backfill` with the time that points need to settle.
 */
export function decideBudget(plan: PlanSize, terms: Terms): BudgetDecision {
  const { backfill, budget, interval, settle } = terms;
  const usdPerMonth = costPerMonth(plan, interval);
  if (budget === undefined || usdPerMonth <= budget.monthlyUsd * (1 + tolerance)) {
    return { verdict: 'fits', interval, usdPerMonth };
  }
  const excess = `${describe(plan)} every ${minutes(interval)} cost ${usd(usdPerMonth)} in 30 days, budget ${usd(budget.monthlyUsd)}`;
  if (budget.onExceed === 'refuse') {
    return {
      verdict: 'refused',
      usdPerMonth,
      message: `over budget: ${excess}: CloudWatch is not read`,
    };
  }
  const slower = affordableInterval(plan, budget);
  if (slower + settle > backfill) {
    const needs = `would have to run every ${minutes(slower)}, and backfill (${minutes(backfill)}) does not reach that far`;
    return {
      verdict: 'refused',
      usdPerMonth,
      message: `over budget: ${excess}: ${needs}: CloudWatch is not read`,
    };
  }
  const slowed = costPerMonth(plan, slower);
  return {
    verdict: 'slowed',
    interval: slower,
    usdPerMonth: slowed,
    message: `over budget: ${excess}: slowed to every ${minutes(slower)} (${usd(slowed)})`,
  };
}

/** The shortest whole number of minutes at which the plan costs no more than the budget. */
function affordableInterval(plan: PlanSize, { monthlyUsd }: BudgetConfig): Seconds {
  const shortest = (costOfRun(plan) * month) / monthlyUsd;
  return Math.ceil((shortest / 60) * (1 - tolerance)) * 60;
}

function describe({ getMetricStatistics, listMetrics, metrics }: PlanSize): string {
  const requests = listMetrics + getMetricStatistics;
  const parts = [`${count(metrics)} metrics`];
  if (requests > 0) parts.push(`${count(requests)} requests`);
  return parts.join(' and ');
}

function count(value: number): string {
  return Number(value.toFixed(2)).toLocaleString('en-US');
}

function usd(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function minutes(seconds: Seconds): string {
  return `${seconds / 60} minute${seconds === 60 ? '' : 's'}`;
}
