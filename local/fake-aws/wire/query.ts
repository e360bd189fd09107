// The AWS query protocol: a form with flattened member names in, XML out.
// Lists are recognised by `member`; every leaf is text. Anything else of the form is kept as it stands.
import type { Input } from './input.ts';
import { Timestamp } from './timestamp.ts';

type Tree = { [key: string]: Tree | string };

/** Decodes a form body such as `Action=ListMetrics&Dimensions.member.1.Name=ServiceName`. */
export function decodeForm(body: string): Input {
  const root: Tree = Object.create(null);
  for (const [name, value] of new URLSearchParams(body)) plant(root, name.split('.'), value);
  return Object.fromEntries(Object.entries(root).map(([key, tree]) => [key, collapse(tree)]));
}

function plant(root: Tree, path: readonly string[], value: string): void {
  let node = root;
  for (const key of path.slice(0, -1)) {
    const existing = node[key];
    const next: Tree =
      existing === undefined || typeof existing === 'string' ? Object.create(null) : existing;
    node[key] = next;
    node = next;
  }
  node[path.at(-1) ?? ''] = value;
}

function collapse(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const members = tree.member;
  if (members !== undefined) {
    if (typeof members === 'string') return members === '' ? [] : [members];
    // Keys that are whole numbers come in numeric order, whatever the order of the form.
    return Object.values(members).map(collapse);
  }
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, collapse(child)]));
}

/** What frames an XML answer. */
export type XmlFrame = {
  /** EC2 frames its answers in a way of its own. */
  readonly dialect: 'query' | 'ec2';
  readonly api: string;
  readonly xmlns: string;
  readonly requestId: string;
};

/** Encodes an answer as `<ApiResponse><ApiResult>…`. */
export function encodeXml(frame: XmlFrame, output: object): string {
  const { api, xmlns, requestId } = frame;
  if (frame.dialect === 'ec2') {
    const body = members(output, 'item');
    return `<${api}Response xmlns="${xmlns}"><requestId>${requestId}</requestId>${body}</${api}Response>`;
  }
  return [
    `<${api}Response xmlns="${xmlns}"><${api}Result>`,
    members(output, 'member'),
    `</${api}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`,
    `</${api}Response>`,
  ].join('');
}

/** Encodes a refusal as `<ErrorResponse>`. */
export function encodeXmlError(
  frame: Omit<XmlFrame, 'api'>,
  error: { readonly code: string; readonly message: string; readonly status: number },
): string {
  const what = `<Code>${escapeText(error.code)}</Code><Message>${escapeText(error.message)}</Message>`;
  if (frame.dialect === 'ec2') {
    return `<Response><Errors><Error>${what}</Error></Errors><RequestID>${frame.requestId}</RequestID></Response>`;
  }
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  return [
    `<ErrorResponse xmlns="${frame.xmlns}"><Error><Type>${type}</Type>${what}</Error>`,
    `<RequestId>${frame.requestId}</RequestId></ErrorResponse>`,
  ].join('');
}

/** What an item of a list is called. */
type ItemName = 'member' | 'item';

function members(value: object, item: ItemName): string {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `<${key}>${content(key, member, item)}</${key}>`)
    .join('');
}

function content(key: string, value: unknown, item: ItemName): string {
  if (Array.isArray(value)) {
    return value.map((one) => `<${item}>${content(item, one, item)}</${item}>`).join('');
  }
  if (value instanceof Timestamp) return new Date(value.seconds * 1000).toISOString();
  if (typeof value === 'object' && value !== null) {
    return mapMembers.has(key) ? mapEntries(value) : members(value, item);
  }
  return escapeText(String(value));
}

/** Members that are maps rather than structures; the query protocol writes those as entries. */
const mapMembers = new Set(['ExtendedStatistics']);

function mapEntries(value: object): string {
  return Object.entries(value)
    .map(
      ([key, item]) =>
        `<entry><key>${escapeText(key)}</key><value>${content('value', item, 'member')}</value></entry>`,
    )
    .join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
