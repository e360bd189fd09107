// What tests ask of an SQS besides sending, by its JSON protocol and without a signature: moto wants none.

async function call(
  endpoint: string,
  operation: string,
  body: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation}: status ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** The URL of a new queue. */
export async function createQueue(endpoint: string, name: string): Promise<string> {
  const { QueueUrl } = await call(endpoint, 'CreateQueue', { QueueName: name });
  return String(QueueUrl);
}

/** The bodies of all messages, at least `least`, which are deleted. */
export async function receiveAll(endpoint: string, url: string, least: number): Promise<string[]> {
  const bodies: string[] = [];
  for (let empty = 0; empty < 5; ) {
    const asked = { QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
    const { Messages = [] } = await call(endpoint, 'ReceiveMessage', asked);
    const messages = Messages as { readonly Body: string; readonly ReceiptHandle: string }[];
    for (const { Body, ReceiptHandle } of messages) {
      bodies.push(Body);
      await call(endpoint, 'DeleteMessage', { QueueUrl: url, ReceiptHandle });
    }
    if (messages.length > 0) continue;
    if (bodies.length >= least) return bodies;
    empty += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${bodies.length} messages in ${url}, want at least ${least}`);
}

/** A message that was handed over. */
export type ReceivedMessage = {
  readonly id: string;
  readonly body: string;
  readonly receives: string;
  readonly receipt: string;
};

/** A queue with dead letters behind it. */
export type Redriven = {
  send(body: string): Promise<void>;
  /** What is there now; it comes again at once, until it has been received too often. */
  receive(): Promise<readonly ReceivedMessage[]>;
  /** Deletes a message that was received. */
  remove(receipt: string): Promise<void>;
  /** The bodies of the dead letters, which are deleted. */
  dead(): Promise<string[]>;
  /** What `aws sqs start-message-move-task` does, which moto lacks: every dead letter is sent to the queue anew. */
  redrive(): Promise<void>;
};

/** A new queue whose messages become dead letters after `maxReceives` tries. */
export async function createDeadLetterQueue(
  endpoint: string,
  name: string,
  { maxReceives }: { readonly maxReceives: number },
): Promise<Redriven> {
  const dead = await createQueue(endpoint, `${name}-dead`);
  const { Attributes } = await call(endpoint, 'GetQueueAttributes', {
    QueueUrl: dead,
    AttributeNames: ['QueueArn'],
  });
  const deadLetterTargetArn = (Attributes as { readonly QueueArn: string }).QueueArn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: maxReceives });
  const { QueueUrl } = await call(endpoint, 'CreateQueue', {
    QueueName: name,
    Attributes: { RedrivePolicy, VisibilityTimeout: '0' },
  });
  const send = async (MessageBody: string) => {
    await call(endpoint, 'SendMessage', { QueueUrl, MessageBody });
  };
  return {
    send,
    receive: async () => {
      const { Messages = [] } = await call(endpoint, 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        AttributeNames: ['ApproximateReceiveCount'],
      });
      type Message = {
        readonly MessageId: string;
        readonly Body: string;
        readonly ReceiptHandle: string;
        readonly Attributes: { readonly ApproximateReceiveCount: string };
      };
      return (Messages as Message[]).map(({ Attributes, Body, MessageId, ReceiptHandle }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
        receives: Attributes.ApproximateReceiveCount,
      }));
    },
    remove: async (ReceiptHandle) => {
      await call(endpoint, 'DeleteMessage', { QueueUrl, ReceiptHandle });
    },
    dead: () => receiveAll(endpoint, dead, 1),
    redrive: async () => {
      for (const body of await receiveAll(endpoint, dead, 1)) await send(body);
    },
  };
}
