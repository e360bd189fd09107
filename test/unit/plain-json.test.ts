// Answers of AWS's JSON protocols as they stand, and errors left to the SDK.
import { Readable } from 'node:stream';
import { readPlainJson } from '../../functions/ecs-bridge/aws/plain-json.ts';

type Deserialize = (schema: unknown, context: unknown, response: unknown) => Promise<unknown>;

function client() {
  const removed: string[] = [];
  const deserializeResponse: Deserialize = async () => 'by the SDK';
  const protocol = { deserializeResponse };
  const middlewareStack = { remove: (name: string) => removed.push(name) > 0 };
  readPlainJson({ config: { protocol }, middlewareStack });
  const read = (statusCode: number, chunks: readonly string[]) => {
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
    const headers = { 'x-amzn-requestid': 'id' };
    return protocol.deserializeResponse({}, {}, { statusCode, headers, body });
  };
  return { read, removed };
}

it('is the object that was written, whole characters across chunks, with what the SDK wants to know', async () => {
  const { read, removed } = client();
  const $metadata = { httpStatusCode: 200, requestId: 'id' };
  const answer = await read(200, ['{"at":1.5,"name":"\u00c3', '\u00a9"}']);
  expect(answer).toEqual({ at: 1.5, name: '\u00e9', $metadata });
  expect(await read(200, [])).toEqual({ $metadata });
  expect(removed).toEqual(['loggerMiddleware']);
});

it('half an answer is an error', async () => {
  await expect(client().read(200, ['{"tasks":['])).rejects.toThrow(SyntaxError);
});

it('an error is read by the SDK', async () => {
  expect(await client().read(400, ['{"__type":"ThrottlingException"}'])).toBe('by the SDK');
});
