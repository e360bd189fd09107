// X.509 certificates for tests, made on the spot: just enough DER (RFC 5280) over node:crypto, no openssl needed.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, both PEM. */
export type Issued = { readonly cert: string; readonly key: string; readonly issuer: Issuer };

type Issuer = { readonly name: Buffer; readonly key: KeyObject };

/** What a certificate says. */
export type CertificateSpec = {
  readonly commonName: string;
  readonly organization?: readonly string[];
  readonly email?: string;
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  /** Days from now; negative is the past. */
  readonly validFromDays?: number;
  readonly validForDays?: number;
  readonly serial?: string;
  readonly ca?: boolean;
  /** Absent: signed by itself. */
  readonly issuer?: Issuer;
};

const day = 86_400_000;

/** Issues a certificate. */
export function issueCertificate(spec: CertificateSpec): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName(spec);
  const issuer = spec.issuer ?? { name, key: privateKey };
  const from = Date.now() + (spec.validFromDays ?? -1) * day;
  const to = Date.now() + (spec.validForDays ?? 30) * day;
  const algorithm = sequence(oid('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from(spec.serial ?? `01${randomBytes(8).toString('hex')}`, 'hex')),
    algorithm,
    issuer.name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(spec))),
  );
  const signature = sign('sha256', body, issuer.key);
  const der = sequence(body, algorithm, bitString(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: { name, key: privateKey },
  };
}

function extensions({ ca = false, dns = [], ip = [] }: CertificateSpec): Buffer[] {
  const names = [
    ...dns.map((name) => tagged(0x82, Buffer.from(name, 'ascii'))),
    ...ip.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const basic = ca ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence();
  const list = [sequence(oid('2.5.29.19'), octetString(basic))];
  if (names.length > 0) list.push(sequence(oid('2.5.29.17'), octetString(sequence(...names))));
  return list;
}

function distinguishedName({ commonName, email, organization = [] }: CertificateSpec): Buffer {
  const attribute = (type: string, value: string) =>
    tagged(0x31, sequence(oid(type), tagged(0x0c, Buffer.from(value, 'utf8'))));
  return sequence(
    ...organization.map((value) => attribute('2.5.4.10', value)),
    ...(email === undefined ? [] : [attribute('1.2.840.113549.1.9.1', email)]),
    attribute('2.5.4.3', commonName),
  );
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(value: Buffer): Buffer {
  const first = value[0] ?? 0;
  return tagged(0x02, first > 127 ? Buffer.concat([Buffer.from([0]), value]) : value);
}

function bitString(value: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), value]));
}

function octetString(value: Buffer): Buffer {
  return tagged(0x04, value);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

/** GeneralizedTime throughout: RFC 5280 wants UTCTime before 2050, but every verifier takes both. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tagged(0x18, Buffer.from(text, 'ascii'));
}
