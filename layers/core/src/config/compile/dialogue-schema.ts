// The `tcp` and `grpc` parts of a module: blackbox_exporter's option names, defaults and meaning
// (github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md), except that IPv4 comes first.
import * as v from 'valibot';
import { closed, mappingOf } from '../mapping.ts';
import type { GrpcOptions, TcpOptions, TcpStep } from '../modules.ts';
import { connectionEntries, connectionOf, sourceAddressEntry } from './connection-schema.ts';
import { pattern } from './fields.ts';
import { compileGroups } from './pattern/program.ts';
import { tlsSchema } from './tls-schema.ts';

const text = v.string('want text');

/** Text, or the bytes of `!!binary`; one character for each byte, so that JSON can hold them. */
const textOrBytes = v.pipe(
  v.union([text, v.instance(Uint8Array)], 'want text'),
  v.transform((value) =>
    (typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value)).toString(
      'latin1',
    ),
  ),
);

const step = v.pipe(
  closed({
    expect: v.optional(pattern),
    expect_bytes: v.optional(textOrBytes, ''),
    labels: v.optional(
      v.array(
        closed({
          name: v.pipe(
            text,
            v.regex(
              /^(?!__|job$|instance$)[A-Za-z_][A-Za-z0-9_]*$/,
              'a label name other than job and instance',
            ),
          ),
          value: v.optional(text, ''),
        }),
      ),
      [],
    ),
    send: v.optional(textOrBytes, ''),
    starttls: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ expect, expect_bytes }) => expect === undefined || expect_bytes === '',
    'one of expect and expect_bytes',
  ),
  v.transform(
    ({ expect, expect_bytes, labels, send, starttls }): TcpStep => ({
      ...(expect !== undefined && { expect }),
      ...(expect !== undefined &&
        [send, ...labels.map(({ value }) => value)].some((text) => text.includes('$')) && {
          groups: compileGroups(expect.text),
        }),
      ...(expect_bytes !== '' && { expectBytes: expect_bytes }),
      labels,
      send,
      startTls: starttls,
    }),
  ),
);

/** The keys of `tcp`. */
export const tcpEntries = {
  query_response: v.optional(
    v.pipe(
      v.array(step),
      v.description(
        'steps, each with `expect` (a pattern, tried line by line until one matches) or `expect_bytes`, then `send` (a line; `${1}` is a group of `expect`, `${env:NAME}` and `${file:/path}` are secrets), then `starttls`; `labels` (`name`, `value`) become `probe_expect_info`',
      ),
    ),
    [],
  ),
  tls: v.optional(v.pipe(v.boolean(), v.description('speak TLS from the first byte on')), false),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config')),
  source_ip_address: sourceAddressEntry,
  ...connectionEntries,
};

/** Schema of `tcp`. */
export const tcpSchema = v.pipe(
  v.optional(closed(tcpEntries), {}),
  v.check(
    ({ query_response }) => query_response.every(({ labels }) => areDistinct(labels)),
    'labels of different names in each step',
  ),
  v.check(
    ({ query_response }) => query_response.filter(({ labels }) => labels.length > 0).length <= 1,
    'labels in one step only: there is one probe_expect_info',
  ),
  v.transform(
    (tcp): TcpOptions => ({
      ...(tcp.source_ip_address !== undefined && { sourceIpAddress: tcp.source_ip_address }),
      steps: tcp.query_response,
      secure: tcp.tls,
      tls: tcp.tls_config,
      ...connectionOf(tcp),
    }),
  ),
);

function areDistinct(labels: readonly { readonly name: string }[]): boolean {
  return new Set(labels.map(({ name }) => name)).size === labels.length;
}

/** The keys of `grpc`. */
export const grpcEntries = {
  service: v.optional(
    v.pipe(text, v.description('service to ask for; empty: the server as a whole')),
    '',
  ),
  tls: v.optional(v.pipe(v.boolean(), v.description('speak TLS')), false),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config')),
  metadata: v.optional(
    v.pipe(
      mappingOf(v.pipe(text, v.regex(/^[0-9a-zA-Z_.-]+$/, 'a metadata key')), v.array(text)),
      v.description(
        'metadata of the request, a list of values for each key; a value may be a reference to a secret, or hold one: `Bearer ${env:NAME}`',
      ),
    ),
    {},
  ),
  ...connectionEntries,
};

/** Schema of `grpc`. */
export const grpcSchema = v.pipe(
  v.optional(closed(grpcEntries), {}),
  v.transform(
    (grpc): GrpcOptions => ({
      service: grpc.service,
      secure: grpc.tls,
      tls: grpc.tls_config,
      metadata: grpc.metadata,
      ...connectionOf(grpc),
    }),
  ),
);
