// Signatures of requests, held against the signer of the AWS SDK for paths, queries, headers, bodies and tokens of chance.
import { SignatureV4 } from '@smithy/signature-v4';
import { signRequest } from '../../layers/core/src/http/sigv4.ts';
import { createRandom } from '../support/random.ts';
import { Sha256 } from '../support/sha256.ts';

const region = 'eu-west-1';
const service = 'monitoring';
const at = 1_800_000_000_000;
const marks = [...'abcXYZ019-_.~!*\'()+/=@:;,&$?#[]{}|\\^`"<> %\té漢😀'];
const random = createRandom(33);

function below(limit: number): number {
  return Math.floor(random() * limit);
}

function text(longest: number, from: readonly string[] = marks): string {
  return Array.from({ length: below(longest) }, () => from[below(from.length)]).join('');
}

function list(longest: number, make: () => string): string[] {
  return Array.from({ length: below(longest) }, make);
}

function anyRequest() {
  const path = list(4, () => `/${below(3) === 0 ? '' : encodeURIComponent(text(6))}`).join('');
  const query = list(3, () => `${encodeURIComponent(text(5))}k=${encodeURIComponent(text(6))}`);
  const port = below(2) === 0 ? '' : ':8443';
  return {
    method: 'POST',
    url: new URL(`https://monitoring.eu-west-1.amazonaws.com${port}${path}?${query.join('&')}`),
    headers: { 'x-amz-target': `${text(10, [...'ab  c'])}a`, 'X-Custom': ' a   b ' },
    body: Buffer.from(text(100)),
  };
}

it('are the same for 500 requests', async () => {
  for (let made = 0; made < 500; made++) {
    const session = below(2) === 0 ? {} : { sessionToken: `${text(40, [...'aB9+/='])}=` };
    const credentials = { accessKeyId: 'AKIAFAKE', secretAccessKey: text(20), ...session };
    const request = anyRequest();
    const own = signRequest({ ...request, region, service, at }, credentials);
    const sha256 = Sha256 as never;
    const signer = new SignatureV4({ credentials, region, service, sha256, applyChecksum: false });
    const { body, headers, method, url } = request;
    const query: Record<string, string[]> = {};
    for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
    const { hostname, pathname: path } = url;
    const asked = { method, protocol: 'https:', hostname, path, query, body };
    const signed = await signer.sign(
      { ...asked, headers: { ...headers, host: url.host } },
      { signingDate: new Date(at) },
    );
    expect([url.href, own.authorization]).toEqual([url.href, signed.headers.authorization]);
  }
});
