// Remote control for other processes: faults, the call log, the clock and scenarios, as JSON under /_fake/.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounting } from './accounting.ts';
import type { FaultSpec, Faults } from './faults.ts';
import type { Visibility } from './metrics/visibility.ts';
import type { Model } from './model/model.ts';
import { runSteps } from './scenario.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** What can be controlled. */
export type Control = {
  readonly model: Model;
  readonly faults: Faults;
  readonly clock: SimulatedClock;
  readonly accounting: Accounting;
  setVisibility(change: Partial<Visibility>): void;
  reset(): void;
};

type Route = (control: Control, body: unknown, id: string | undefined) => unknown;

/**
 * `GET health`, `GET|DELETE calls`, `GET totals`, `GET|POST faults`, `DELETE faults[/id]`, `POST scenario`,
 * `GET events/FROM` for what EventBridge has sent about ECS since FROM, in seconds since 1970, `POST visibility`, `GET|POST clock` with `{now}` or `{advance}` in seconds, `POST reset`.
 */
const routes: Readonly<Record<string, Route>> = {
  'GET health': () => ({ ok: true }),
  'GET calls': ({ accounting }) => accounting.calls(),
  'DELETE calls': ({ accounting }) => accounting.reset(),
  'GET totals': ({ accounting }) => accounting.totals(),
  'GET faults': ({ faults }) => faults.list(),
  'POST faults': ({ faults }, body) => [body].flat().map((spec) => faults.add(spec as FaultSpec)),
  'DELETE faults': ({ faults }, _body, id) =>
    id === undefined ? faults.clear() : faults.remove(Number(id)),
  'GET events': ({ model }, _body, id) => {
    model.settle();
    return model.busEvents({ from: Number(id ?? 0), to: model.now() });
  },
  'POST scenario': ({ model }, body) => runSteps(model, [body].flat()),
  'POST visibility': ({ setVisibility }, body) => setVisibility(body as Partial<Visibility>),
  'GET clock': ({ clock }) => ({ now: clock.now() }),
  'POST clock': ({ clock }, body) => setClock(clock, body as { now?: number; advance?: number }),
  'POST reset': ({ reset }) => reset(),
};

/** Answers a control request: 200, 404 for an unknown path, 400 for what cannot be done. */
export function handleControl(
  control: Control,
  { request, response, body }: { request: IncomingMessage; response: ServerResponse; body: Buffer },
): void {
  const [, , name = '', id] = (request.url ?? '').split('/');
  const route = routes[`${request.method} ${name}`];
  try {
    if (route === undefined) {
      sendJson(response, 404, { error: `no ${request.method} ${name}` });
      return;
    }
    const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    sendJson(response, 200, route(control, input, id) ?? { ok: true });
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function setClock(clock: SimulatedClock, change: { now?: number; advance?: number }): object {
  if (change.now !== undefined) clock.set(change.now);
  if (change.advance !== undefined) clock.advance(change.advance);
  return { now: clock.now() };
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
