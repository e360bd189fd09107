// All boards, and the files that they become.
import { type Board, buildBoard } from './board.ts';
import { demo } from './demo.ts';
import { ecs } from './ecs.ts';
import { meta } from './meta.ts';
import { overview } from './overview.ts';
import { probes } from './probes.ts';
import { redis } from './redis.ts';
import { web } from './web.ts';

/** In the order in which a person would go through them. */
export const boards: readonly Board[] = [overview, web, probes, redis, ecs, meta, demo];

/** Those that suit any Prometheus that fargaze delivers to. */
export const exportedBoards: readonly Board[] = boards.filter((board) => board !== demo);

/** Where the generated boards are; the deployed Grafana and the local one read the same files. */
export const boardsDir = 'infra/config/grafana/dashboards';

/** What makes each generated file, by its path. */
export const boardFiles: Readonly<Record<string, () => string>> = Object.fromEntries(
  boards.map((board) => [`${boardsDir}/${board.uid}.json`, () => renderJson(buildBoard(board))]),
);

const widest = 110;

/** JSON that can be reviewed: what fits on a line stands on one. */
export function renderJson(value: unknown): string {
  return `${render(JSON.parse(JSON.stringify(value)), 0)}\n`;
}

function render(value: unknown, depth: number): string {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || flat.length + depth <= widest) return flat;
  const indent = ' '.repeat(depth + 1);
  const parts = Array.isArray(value)
    ? value.map((item) => render(item, depth + 1))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${render(item, depth + 1)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => indent + part).join(',\n')}\n${' '.repeat(depth)}${close}`;
}
