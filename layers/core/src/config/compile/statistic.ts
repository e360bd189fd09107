// The statistics that CloudWatch knows. A wrong one would be refused with the whole request that it is in.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
import { matching } from './fields.ts';

const basic = 'SampleCount|Average|Sum|Minimum|Maximum|IQM';
const percent = String.raw`(?:100|\d{1,2}(?:\.\d{1,10})?)`;
const amount = String.raw`\d+(?:\.\d{1,10})?`;
/** From a bound to another one, either of which may be left out, but not both. */
const range = (bound: string) => `(?:${bound}:(?:${bound})?|:${bound})`;
const trimmed = String.raw`(?:TM|WM|TC|TS)\((?:${range(`${percent}%`)}|${range(amount)})\)`;
const rank = String.raw`PR\(${range(amount)}\)`;

/** `Average`, `p99.9`, `TM(10%:90%)`, `PR(:300)`. */
export const statistic = matching(
  new RegExp(`^(?:${basic}|(?:p|tm|wm|tc|ts)${percent}|${trimmed}|${rank})$`),
  'a statistic such as Average, Sum, p99 or TM(10%:90%)',
);
