// Reads the answers of AWS's JSON protocols as they stand, with JSON.parse and nothing else: the SDK copies an answer member
// by member by its schema, and once more for a log that nobody reads. Times stay seconds since 1970. Errors are the SDK's.

type Answer = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

type Protocol = {
  deserializeResponse: (schema: never, context: never, response: never) => Promise<unknown>;
};

/** What is needed of a client of the SDK. */
export type SdkClient = {
  readonly config: { readonly protocol: unknown };
  readonly middlewareStack: { remove(name: string): boolean };
};

/** Makes a client of an AWS JSON protocol answer with what the service wrote, and log nothing. */
export function readPlainJson(client: SdkClient): void {
  const protocol = client.config.protocol as Protocol;
  const whole = protocol.deserializeResponse.bind(protocol);
  protocol.deserializeResponse = async (schema, context, response) => {
    const { body, headers, statusCode } = response as Answer & { body: AsyncIterable<Buffer> };
    if (statusCode >= 300) return whole(schema, context, response);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const output = text === '' ? {} : (JSON.parse(text) as object);
    const $metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
    return { ...output, $metadata };
  };
  client.middlewareStack.remove('loggerMiddleware');
}
