// What the demo app sells. Nobody else has these metrics, so this board is no part of an export.
import { type Board, jobAndInstance } from './board.ts';
import { rate } from './expressions.ts';
import { series } from './panels.ts';

const task = '{job=~"$job",instance=~"$instance"}';

const business = [
  series({
    title: 'Orders',
    description: 'Orders per minute by result.',
    queries: [
      { expr: `60 * sum by (result) (${rate(`shop_orders_total${task}`)})`, legend: '{{result}}' },
    ],
    min: 0,
    width: 8,
  }),
  series({
    title: 'Revenue',
    description: 'Value of accepted orders per hour, as fast as they come now.',
    queries: [
      { expr: `3600 * sum(${rate(`shop_order_value_euros_sum${task}`)})`, legend: 'per hour' },
    ],
    unit: 'currencyEUR',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Value of an order',
    description: 'Mean value of accepted orders; no line while there are none.',
    queries: [
      {
        expr: `sum(${rate(`shop_order_value_euros_sum${task}`)}) / (sum(${rate(`shop_order_value_euros_count${task}`)}) > 0)`,
        legend: 'mean',
      },
    ],
    unit: 'currencyEUR',
    min: 0,
    width: 8,
  }),
];

/** The demo shop. */
export const demo: Board = {
  uid: 'fargaze-demo',
  title: 'fargaze / Demo shop',
  description: 'Orders and revenue of the demo app.',
  variables: [...jobAndInstance('shop_orders_total', 'Task')],
  rows: [{ title: 'Business', panels: business }],
  marks: '',
};
