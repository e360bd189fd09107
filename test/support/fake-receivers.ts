// Receivers as they answer on the wire: what each stores of a request with refused samples, its status and its words.
// Sources of the answers: the table in docs/bridge.md.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import * as snappyjs from 'snappyjs';

/** How a receiver answers. */
export type ReceiverKind = {
  readonly name: string;
  /** Milliseconds that a sample may be older than the newest of its series; 0: it must be newer. */
  readonly window: number;
  /** What becomes of a request in which a sample is refused. */
  readonly rest: 'stored' | 'lost';
  /** Status and body for the first refused sample. */
  readonly refusal: (why: 'duplicate' | 'out of order', series: string) => [number, string];
  /** Bytes of a body at most; above it the answer is 413. */
  readonly maxBytes?: number;
};

const minute = 60_000;
const mimir = (why: string, series: string): [number, string] => [
  400,
  `failed pushing to ingester mimir-ingester-0: user=anonymous: the sample has been rejected because ${
    why === 'duplicate'
      ? 'another sample with the same timestamp, but a different value, has already been ingested (err-mimir-sample-duplicate-timestamp)'
      : 'another sample with a more recent timestamp has already been ingested and out-of-order samples are not allowed (err-mimir-sample-out-of-order)'
  }. The affected sample is from series ${series}`,
];
const cortex = (why: string, series: string): [number, string] => [
  400,
  `user=anonymous: err: ${why === 'duplicate' ? 'duplicate sample for timestamp' : 'out of order sample'}. timestamp=2026-11-28T00:00:00Z, series=${series}`,
];

/** The receivers of the table. */
export const receiverKinds: readonly ReceiverKind[] = [
  { name: 'Mimir', window: 0, rest: 'stored', refusal: mimir },
  { name: 'Grafana Cloud', window: 120 * minute, rest: 'stored', refusal: mimir },
  { name: 'Cortex', window: 0, rest: 'stored', refusal: cortex },
  { name: 'Amazon Managed Prometheus', window: minute, rest: 'stored', refusal: cortex },
  {
    name: 'Thanos Receive',
    window: 0,
    rest: 'stored',
    refusal: (why) => [
      409,
      `store locally for endpoint 127.0.0.1:10901: add 1 samples: ${why === 'duplicate' ? 'duplicate sample for timestamp' : 'out of order sample'}`,
    ],
  },
  {
    name: 'Thanos Receive, which says conflict only',
    window: 0,
    rest: 'stored',
    refusal: () => [409, 'store locally for endpoint 127.0.0.1:10901: conflict'],
  },
];

/** A Prometheus that takes version 1 only, whose requests are all or nothing. */
export const prometheusOfVersion1: ReceiverKind = {
  name: 'Prometheus, version 1, no window',
  window: 0,
  rest: 'lost',
  refusal: (why) => [
    400,
    why === 'duplicate' ? 'duplicate sample for timestamp' : 'out of order sample',
  ],
};

const { root } = protobuf.parse(
  `syntax = "proto3";
message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }`,
  { keepCase: true },
);

type Written = {
  readonly timeseries: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly { readonly value: number; readonly timestamp: number }[];
  }[];
};

/** A receiver that listens on loopback. */
export type FakeReceiver = {
  readonly url: string;
  /** Values by time, by the labels of the series. */
  readonly series: ReadonlyMap<string, ReadonlyMap<number, number>>;
  requests(): number;
  stop(): Promise<void>;
};

/** Starts one; it takes version 1.0 only, as most receivers do. */
export async function startFakeReceiver(kind: ReceiverKind): Promise<FakeReceiver> {
  let series = new Map<string, Map<number, number>>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const body = await read(request);
    if (request.headers['x-prometheus-remote-write-version'] !== '0.1.0') {
      return void response.writeHead(415).end();
    }
    if (body.length > (kind.maxBytes ?? Number.POSITIVE_INFINITY)) {
      return void response.writeHead(413).end('request too large');
    }
    const { refused, stored } = store(decode(body), series, kind);
    if (refused === undefined || kind.rest === 'stored') series = stored;
    const [status, text] = refused ?? [204, ''];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/push`,
    get series() {
      return series;
    },
    requests: () => requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decode(body: Buffer): Written {
  const type = root.lookupType('WriteRequest');
  const message = type.decode(Buffer.from(snappyjs.uncompress(body)));
  return type.toObject(message, { longs: Number, arrays: true, defaults: true }) as Written;
}

function store(
  { timeseries }: Written,
  before: ReadonlyMap<string, ReadonlyMap<number, number>>,
  { refusal, window }: ReceiverKind,
) {
  const stored = new Map([...before].map(([key, points]) => [key, new Map(points)]));
  let refused: [number, string] | undefined;
  for (const { labels, samples } of timeseries) {
    const key = labels.map(({ name, value }) => `${name}=${value}`).join(',');
    const points = stored.get(key) ?? new Map<number, number>();
    stored.set(key, points);
    let newest = Math.max(Number.NEGATIVE_INFINITY, ...points.keys());
    for (const { timestamp, value } of samples) {
      const known = points.get(timestamp);
      if (timestamp === newest && known === value) continue;
      if (timestamp === newest) refused ??= refusal('duplicate', key);
      else if (timestamp < newest - window || (timestamp < newest && window === 0)) {
        refused ??= refusal('out of order', key);
      } else {
        points.set(timestamp, value);
        newest = Math.max(newest, timestamp);
      }
    }
  }
  return { stored, refused };
}
