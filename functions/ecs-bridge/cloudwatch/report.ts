// What a pass over CloudWatch did.
import type { BudgetDecision } from './budget.ts';
import type { PassBasis } from './pass/pass.ts';
import type { RunTally } from './pass/run-tally.ts';

/** What a pass did. */
export type PassReport = {
  readonly tally: RunTally;
  readonly budget: BudgetDecision;
  /** Whether the receiver takes late points. */
  readonly order: PassBasis['order'];
  /** `waited`: slowed by the budget and not due yet; `refused`: over budget. Nothing was read then. */
  readonly ran: 'read' | 'waited' | 'refused';
};
