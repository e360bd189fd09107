// A server that speaks the AWS SDKs' wire protocols (JSON 1.0 and 1.1, query, smithy rpc-v2-cbor) for the calls that
// fargaze makes, over a simulated cloud, with faults on demand. It listens on loopback and verifies no signature.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Accounting,
  type ApiTotals,
  type CallRecord,
  createAccounting,
} from './accounting.ts';
import type { Call, Facts, Operation } from './call/context.ts';
import { type Control, handleControl } from './control.ts';
import { errorOf } from './fault-errors.ts';
import { createFaults, type Faults, type Treatment } from './faults.ts';
import { defaultVisibility, type Visibility } from './metrics/visibility.ts';
import { createModel, type Model, type ModelOptions } from './model/model.ts';
import { findRegion } from './model/world.ts';
import { createOperations, type Operations } from './operations.ts';
import type { Sessions } from './other/identity.ts';
import { type ReplyTo, sendError, sendOutput } from './reply.ts';
import { readAddress, readBody, readCall } from './request.ts';
import { createSimulatedClock, type SimulatedClock } from './simulated-clock.ts';
import { AwsError } from './wire/errors.ts';

/** What to start. */
export type FakeAwsOptions = Omit<ModelOptions, 'now'> & {
  /** 0 or nothing takes a free one. */
  readonly port?: number;
  /** Milliseconds since the epoch; the machine's clock by default. */
  readonly clock?: { now(): number };
  readonly visibility?: Partial<Visibility>;
};

/** A running fake. */
export type FakeAws = {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly port: number;
  readonly model: Model;
  readonly faults: Faults;
  readonly clock: SimulatedClock;
  /** Changes how late and how settled points are. */
  setVisibility(change: Partial<Visibility>): void;
  /** The calls since the start or the last reset, oldest first. */
  calls(): readonly CallRecord[];
  totals(): Readonly<Record<string, ApiTotals>>;
  /** Forgets calls and faults; the model stays. */
  reset(): void;
  /** Stops listening and breaks what is open. */
  close(): Promise<void>;
};

type State = {
  readonly model: Model;
  readonly faults: Faults;
  readonly clock: SimulatedClock;
  readonly accounting: Accounting;
  readonly sessions: Sessions;
  readonly operations: Operations;
  /** Ends waiting when the server closes. */
  readonly closing: AbortController;
  /** Exchanges that have not ended. */
  readonly open: Set<Promise<void>>;
  visibility: Visibility;
  requests: number;
};

/** Starts a fake on 127.0.0.1. */
export async function startFakeAws(options: FakeAwsOptions = {}): Promise<FakeAws> {
  const clock = createSimulatedClock(options.clock);
  const sessions: Sessions = new Map();
  const state: State = {
    model: createModel({ ...options, now: () => clock.now() }),
    faults: createFaults(),
    clock,
    accounting: createAccounting(),
    sessions,
    operations: createOperations(sessions),
    closing: new AbortController(),
    open: new Set(),
    visibility: { ...defaultVisibility, ...options.visibility },
    requests: 0,
  };
  const control = controlOf(state);
  const server = createServer((request, response) => {
    const exchange = serve({ state, control, request, response });
    state.open.add(exchange);
    void exchange.finally(() => state.open.delete(exchange));
  });
  // A client that keeps connections open must not find them closed between two runs.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    model: state.model,
    faults: state.faults,
    clock,
    setVisibility: control.setVisibility,
    calls: state.accounting.calls,
    totals: state.accounting.totals,
    reset: control.reset,
    close: () => close(server, state),
  };
}

function controlOf(state: State): Control {
  return {
    model: state.model,
    faults: state.faults,
    clock: state.clock,
    accounting: state.accounting,
    setVisibility: (change) => {
      state.visibility = { ...state.visibility, ...change };
    },
    reset: () => {
      state.faults.clear();
      state.accounting.reset();
    },
  };
}

async function close(server: Server, { closing, open }: State): Promise<void> {
  closing.abort();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await Promise.all([closed, ...open]);
}

type Exchange = {
  readonly state: State;
  readonly control: Control;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
};

async function serve({ state, control, request, response }: Exchange): Promise<void> {
  const arrived = performance.now() / 1000;
  state.requests += 1;
  const requestId = `00000000-0000-4000-8000-${String(state.requests).padStart(12, '0')}`;
  const address = readAddress(request);
  let call: Call | undefined;
  try {
    const body = await readBody(request);
    if (request.url?.startsWith('/_fake/')) {
      handleControl(control, { request, response, body });
      return;
    }
    call = readCall(request, body, { world: state.model.world, sessions: state.sessions });
    await answer(state, { response, address, call, requestId }, arrived);
  } catch (error) {
    // Nobody is left to hear of it.
    if (state.closing.signal.aborted || response.destroyed) response.destroy();
    else sendError({ response, address, call, requestId }, asAwsError(error));
  }
}

/** A bug of the fake must be seen as one, never as an answer of AWS. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError({ code: 'FakeAwsBug', status: 501 }, message);
}

async function answer(
  state: State,
  to: ReplyTo & { readonly call: Call },
  arrived: number,
): Promise<void> {
  const { call } = to;
  state.accounting.arrive(call, arrived);
  const treatment = state.faults.treat(call, arrived);
  if (treatment.delayMs > 0) {
    await sleep(treatment.delayMs, undefined, { signal: state.closing.signal });
  }
  const record = (status: number, more: { error?: string; facts?: Facts } = {}) => {
    const at = state.model.now();
    state.accounting.record(call, { status, facts: {}, at, ...more });
  };
  try {
    if (treatment.end !== undefined) return fail(state, to, { treatment, record });
    let facts: Facts = {};
    const output = perform(state, call, {
      treatment,
      note: (more) => (facts = { ...facts, ...more }),
    });
    record(200, { facts });
    sendOutput(to, output);
  } catch (error) {
    const refusal = asAwsError(error);
    record(refusal.status, { error: refusal.code });
    sendError(to, refusal);
  }
}

type Failing = {
  readonly treatment: Treatment;
  record(status: number, more?: { readonly error?: string }): void;
};

function fail(state: State, to: ReplyTo & { readonly call: Call }, failing: Failing): void {
  const { end = 'http-500' } = failing.treatment;
  const error = errorOf(end, to.call, findRegion(state.model.world, to.call));
  if (error !== undefined) throw error;
  if (end === 'reset') {
    failing.record(0, { error: 'reset' });
    to.response.socket?.resetAndDestroy();
    return;
  }
  failing.record(500, { error: 'http-500' });
  to.response.writeHead(500, { 'content-type': 'text/html' });
  to.response.end('<html><body><h1>500 Internal Server Error</h1></body></html>');
}

function perform(
  state: State,
  call: Call,
  how: { readonly treatment: Treatment; note(facts: Facts): void },
): object {
  const operation: Operation | undefined = state.operations[call.service].get(call.api);
  if (operation === undefined) {
    throw new AwsError(
      { code: 'UnknownOperationException', queryCode: 'InvalidAction' },
      `The operation ${call.api} is not answered here.`,
    );
  }
  state.model.settle();
  return operation({
    world: state.model.world,
    region: findRegion(state.model.world, call),
    call,
    view: { now: state.model.now(), visibility: state.visibility },
    directives: how.treatment.directives,
    note: how.note,
  });
}
