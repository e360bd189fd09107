// The lists of services of the query protocol: what is read of an answer, and which answers are none.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import { RateLimiter } from '../../functions/ecs-bridge/aws/rate-limit.ts';
import type { Search } from '../../functions/ecs-bridge/cloudwatch/find/search.ts';
import { listQuery } from '../../functions/ecs-bridge/cloudwatch/find/service-lists.ts';
import { find, readXml, textAt } from '../../functions/ecs-bridge/cloudwatch/find/xml.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';

const answer = `<?xml version="1.0"?>
<ListResponse xmlns="http://example.com/">
  <items><member><name>a &lt; b&#33;&#x21;&constructor;&#1114112;</name><none/></member><member/></items>
</ListResponse>`;

it('elements and texts are read, and what stands for no character stays', () => {
  const root = readXml(answer);
  expect(find(root, '*/items/member')).toHaveLength(2);
  expect(textAt(root, 'ListResponse/items/member/name')).toBe('a < b!!&constructor;&#1114112;');
  expect(textAt(root, 'ListResponse/token')).toBe('');
});

it.each([
  { text: '<a><b></a>', want: 'got </a>, want </b>' },
  { text: '<a><b></b>', want: '<a> has no end' },
  { text: '</a>', want: 'got </a>, want none that was not opened' },
  { text: 'Bad Gateway', want: 'no element, want XML' },
  { text: '', want: 'no element, want XML' },
])('$text is refused', ({ text, want }) => {
  expect(() => readXml(text)).toThrow(new SyntaxError(want));
});

describe('a list', () => {
  const list = {
    ...{ service: 'autoscaling', version: '2011-01-01', operation: 'List' },
    ...{ items: '*/items/member', token: '*/token' },
  };
  const credentials = async () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'not-a-secret' });
  let pages: string[];
  const server = createServer((_, response) => response.end(pages.shift()));
  const deadline = startDeadline(60, systemClock);
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    delete process.env.AWS_ENDPOINT_URL;
    deadline.close();
    server.closeAllConnections();
    server.close();
  });

  const read = (answers: readonly string[]) => {
    pages = [...answers];
    const region = 'eu-west-1';
    const tools = { clock: systemClock, tally: createCallTally() };
    const tagLimiter = new RateLimiter({ calls: 100, points: 1 }, tools);
    const caller = { region, credentials, deadline, clock: systemClock };
    const scope = { region, caller, tagLimiter };
    return listQuery(list, { scope, pass: { readDeadline: deadline } } as unknown as Search);
  };

  it('is read to its last page', async () => {
    const first = answer.replace('</ListResponse>', '<token>t</token></ListResponse>');
    expect(await read([first, answer])).toHaveLength(4);
  });

  it.each([
    { name: 'a page of a proxy', text: '<html><body>Sign in</body></html>' },
    { name: 'an answer to something else', text: '<OtherResponse/>' },
    { name: 'an answer that is cut off', text: answer.slice(0, 120) },
    { name: 'nothing', text: '' },
  ])('is not empty because of $name', async ({ text }) => {
    await expect(read([text])).rejects.toThrow(
      `List: answered with ${text.length} bytes that are no ListResponse`,
    );
  });
});
