// Relations between the keys of `bridge.cloudwatch` that the schema cannot see. Reads the raw document.
import { catalogue } from '../../catalogue.ts';
import { parseDuration } from '../duration.ts';
import { showValue } from '../explain.ts';
import { asMapping, type Finding, type Mapping } from './raw.ts';
import { checkYace } from './yace-checks.ts';

const place = ['bridge', 'cloudwatch'] as const;

/** Findings about `bridge.cloudwatch` of a whole document. */
export function checkCloudwatch(document: unknown): Finding[] {
  const bridge = asMapping(asMapping(document).bridge);
  if (bridge.cloudwatch === undefined) return [];
  const own = asMapping(bridge.cloudwatch);
  return [
    ...checkSources(own),
    ...(own.yace === undefined ? [] : checkYace(own.yace, [...place, 'yace'])),
    ...checkTimes(own),
    ...checkExpressions(Array.isArray(own.expressions) ? own.expressions.map(asMapping) : []),
  ];
}

function checkSources(own: Mapping): Finding[] {
  const { expressions, yace, yace_file } = own;
  if (yace_file !== undefined) {
    const message =
      yace === undefined
        ? `got ${showValue(yace_file)}, which was not read, want its content in yace`
        : 'given beside yace, want one of them';
    return [{ path: [...place, 'yace_file'], message }];
  }
  if (yace !== undefined || expressions !== undefined) return [];
  return [{ path: place, message: 'nothing to read, want yace, yace_file or expressions' }];
}

/** A window must reach back over one interval and the time that points settle, or every run would leave a gap. */
function checkTimes(own: Mapping): Finding[] {
  const [interval, settle, backfill] = [
    [own.interval, '5m'],
    [own.settle, '2m'],
    [own.backfill, '3h'],
  ].map(([value, fallback]) => parseDuration(String(value ?? fallback)));
  if (interval === undefined || settle === undefined || backfill === undefined) return [];
  if (interval + settle <= backfill) return [];
  const message = `got ${showValue(own.backfill ?? '3h')}, want at least interval and settle together`;
  return [{ path: [...place, 'backfill'], message }];
}

function checkExpressions(expressions: readonly Mapping[]): Finding[] {
  const names = new Map<unknown, number>();
  return expressions.flatMap((expression, index) => {
    const path = [...place, 'expressions', index];
    const { name } = expression;
    const found: Finding[] = [];
    const earlier = names.get(name);
    if (typeof name === 'string' && Object.hasOwn(catalogue, name)) {
      found.push({
        path: [...path, 'name'],
        message: `got ${showValue(name)}, a metric of fargaze's own, want another`,
      });
    }
    if (earlier !== undefined && name !== undefined) {
      const message = `duplicate name ${showValue(name)}, already at expressions[${earlier}]`;
      found.push({ path: [...path, 'name'], message });
    }
    names.set(name, earlier ?? index);
    const inputs = Array.isArray(expression.metrics) ? expression.metrics.map(asMapping) : [];
    const ids = inputs.map(({ id }) => id);
    for (const [at, id] of ids.entries()) {
      const first = ids.indexOf(id);
      if (typeof id !== 'string' || first === at) continue;
      const message = `duplicate id ${showValue(id)}, already at metrics[${first}]`;
      found.push({ path: [...path, 'metrics', at, 'id'], message });
    }
    return found;
  });
}
