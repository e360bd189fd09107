// Writes answers and refusals in the protocol of the request.
import type { ServerResponse } from 'node:http';
import type { Call } from './call/context.ts';
import { faces } from './faces.ts';
import type { Address } from './request.ts';
import { encodeCbor } from './wire/cbor.ts';
import type { AwsError } from './wire/errors.ts';
import { encodeXml, encodeXmlError } from './wire/query.ts';

/** What is needed to write an answer. */
export type ReplyTo = {
  readonly response: ServerResponse;
  readonly address: Address;
  /** Undefined when the request was refused before it was understood. */
  readonly call: Call | undefined;
  readonly requestId: string;
};

const contentTypes = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  query: 'text/xml',
  cbor: 'application/cbor',
  rest: 'application/json',
} as const;

/** Answers with the output of an operation. */
export function sendOutput(to: ReplyTo, output: object): void {
  send(to, 200, encodeOutput(to, output));
}

function encodeOutput({ address, call, requestId }: ReplyTo, output: object): string | Buffer {
  switch (address.protocol) {
    case 'cbor':
      return encodeCbor(output);
    case 'query': {
      return encodeXml({ api: call?.api ?? '', ...frameOf(call), requestId }, output);
    }
    case 'json-1.0':
    case 'json-1.1':
    case 'rest':
      return JSON.stringify(output);
  }
}

function frameOf(call: Call | undefined) {
  const xmlns = call === undefined ? '' : faces[call.service].xmlns;
  return { xmlns, dialect: call?.service === 'ec2' ? 'ec2' : 'query' } as const;
}

/** Answers with a refusal. */
export function sendError(to: ReplyTo, error: AwsError): void {
  if (to.address.queryMode === 'yes') {
    const type = error.status < 500 ? 'Sender' : 'Receiver';
    to.response.setHeader('x-amzn-query-error', `${error.queryCode};${type}`);
  }
  send(to, error.status, encodeError(to, error));
}

function encodeError({ address, call, requestId }: ReplyTo, error: AwsError): string | Buffer {
  const shape = { __type: error.code, message: error.message };
  switch (address.protocol) {
    case 'cbor':
      return encodeCbor(shape);
    case 'query': {
      const { queryCode: code, message, status } = error;
      return encodeXmlError({ ...frameOf(call), requestId }, { code, message, status });
    }
    case 'json-1.0':
    case 'json-1.1':
    case 'rest':
      return JSON.stringify(shape);
  }
}

function send(to: ReplyTo, status: number, body: string | Buffer): void {
  const { response, address, requestId } = to;
  if (address.protocol === 'cbor') response.setHeader('smithy-protocol', 'rpc-v2-cbor');
  response.writeHead(status, {
    'content-type': contentTypes[address.protocol],
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
