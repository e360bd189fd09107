// Compares the cost of a plan with the budget before it runs. Pure: the same plan gets the same decision. A plan that is
// slowed or refused comes with a message that names plan, price and budget.
import type { BudgetConfig, CloudWatchConfig, Seconds } from '@fargaze/core/internal';
import { costOfRun, costPerMonth, month, type PlanSize } from './prices.ts';

/** Whether a plan may run, and how often. */
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
      /** The cost at the configured interval. */
      readonly usdPerMonth: number;
      readonly message: string;
    };

/** Relative; a price that equals the budget must not exceed it by a rounding error. */
const tolerance = 1e-9;

type Terms = Pick<CloudWatchConfig, 'interval' | 'settle' | 'backfill' | 'budget'>;

/**
 * Decides on a plan. It is slowed only as far as no point is lost: `backfill` must hold the interval and the time that
 * points need to settle.
 */
export function decideBudget(plan: PlanSize, terms: Terms): BudgetDecision {
  const { backfill, budget, interval, settle } = terms;
  const usdPerMonth = costPerMonth(plan, interval);
  if (budget === undefined || usdPerMonth <= budget.monthlyUsd * (1 + tolerance)) {
    return { verdict: 'fits', interval, usdPerMonth };
  }
  const excess = `${describePlan(plan)} every ${formatMinutes(interval)} cost ${formatUsd(usdPerMonth)} in 30 days, budget ${formatUsd(budget.monthlyUsd)}`;
  if (budget.onExceed === 'refuse') {
    return {
      verdict: 'refused',
      usdPerMonth,
      message: `over budget: ${excess}: CloudWatch is not read`,
    };
  }
  const slower = affordableInterval(plan, budget);
  if (slower + settle > backfill) {
    const needs = `would have to run every ${formatMinutes(slower)}, and backfill (${formatMinutes(backfill)}) does not reach that far`;
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
    message: `over budget: ${excess}: slowed to every ${formatMinutes(slower)} (${formatUsd(slowed)})`,
  };
}

/** The shortest whole number of minutes at which the plan costs no more than the budget. */
function affordableInterval(plan: PlanSize, { monthlyUsd }: BudgetConfig): Seconds {
  const shortest = (costOfRun(plan) * month) / monthlyUsd;
  return Math.ceil((shortest / 60) * (1 - tolerance)) * 60;
}

function describePlan({ getMetricStatistics, listMetrics, metrics }: PlanSize): string {
  const requests = listMetrics + getMetricStatistics;
  const parts = [`${formatCount(metrics)} metrics`];
  if (requests > 0) parts.push(`${formatCount(requests)} requests`);
  return parts.join(' and ');
}

function formatCount(value: number): string {
  return Number(value.toFixed(2)).toLocaleString('en-US');
}

function formatUsd(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function formatMinutes(seconds: Seconds): string {
  return `${seconds / 60} minute${seconds === 60 ? '' : 's'}`;
}
