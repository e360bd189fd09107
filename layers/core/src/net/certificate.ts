// Certificates in the words of blackbox_exporter's series, so that its dashboards and alerts carry over.
import type { DetailedPeerCertificate } from 'node:tls';

/** What the certificates of a server say. Times in seconds since 1970. */
export type CertificateFacts = {
  readonly earliestExpiry: number;
  readonly leafNotBefore: number;
  /** Earliest expiry of the verified chain up to its root; absent when nothing was verified. */
  readonly chainExpiry?: number;
  readonly leaf: {
    /** Lower-case hex without colons. */
    readonly fingerprint_sha256: string;
    readonly subject: string;
    readonly issuer: string;
    /** DNS names, comma-joined. */
    readonly subjectalternative: string;
    /** Lower-case hex with leading zeros kept. */
    readonly serialnumber: string;
  };
};

/** Reads the facts off the chain that Node reports. */
export function describeCertificates(
  leaf: DetailedPeerCertificate,
  { verified }: { readonly verified: boolean },
): CertificateFacts {
  const chain = listChain(leaf);
  // Node appends the root of the local trust store, which the server did not send.
  const root = chain.length > 1 ? chain.at(-1) : undefined;
  const sent = root !== undefined && isSelfSigned(root) ? chain.slice(0, -1) : chain;
  const expiry = (certificates: readonly DetailedPeerCertificate[]) =>
    Math.min(...certificates.map(({ valid_to }) => Date.parse(valid_to) / 1000));
  return {
    earliestExpiry: expiry(sent),
    leafNotBefore: Date.parse(leaf.valid_from) / 1000,
    ...(verified && { chainExpiry: expiry(chain) }),
    leaf: {
      fingerprint_sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
      subject: formatName(leaf.subject),
      issuer: formatName(leaf.issuer),
      subjectalternative: dnsNames(leaf.subjectaltname ?? ''),
      serialnumber: leaf.serialNumber.toLowerCase(),
    },
  };
}

function listChain(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

function isSelfSigned(certificate: DetailedPeerCertificate): boolean {
  return JSON.stringify(certificate.subject) === JSON.stringify(certificate.issuer);
}

function dnsNames(alternative: string): string {
  const quoted = /DNS:(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g;
  return [...alternative.matchAll(quoted)].map(([, a, b]) => a ?? b ?? '').join(',');
}

// The order in which Go's crypto/x509/pkix prints what it knows, whatever the encoding's order.
const known: readonly (readonly [node: string, printed: string])[] = [
  ['serialNumber', 'SERIALNUMBER'],
  ['CN', 'CN'],
  ['OU', 'OU'],
  ['O', 'O'],
  ['postalCode', 'POSTALCODE'],
  ['street', 'STREET'],
  ['L', 'L'],
  ['ST', 'ST'],
  ['C', 'C'],
];

// Attributes that Go prints by number, with the value as DER.
const numbered: Readonly<Record<string, string>> = {
  emailAddress: '1.2.840.113549.1.9.1',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
};

type Name = Readonly<Record<string, string | readonly string[] | undefined>>;

function formatName(name: object): string {
  const attributes = name as Name;
  const values = (key: string): readonly string[] => {
    const value = attributes[key];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  const first = known.flatMap(([key, printed]) => {
    const all = values(key).map((value) => `${printed}=${escapeValue(value)}`);
    return all.length === 0 ? [] : [all.join('+')];
  });
  const rest = Object.entries(numbered).flatMap(([key, oid]) =>
    values(key).map((value) => `${oid}=#${utf8String(value)}`),
  );
  return [...first, ...rest].join(',');
}

/** RFC 4514, section 2.4. */
function escapeValue(value: string): string {
  return value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=.) $/, '\\ ');
}

/** DER of a UTF8String (ITU-T X.690, 8.1.3 and 8.23), in hex. */
function utf8String(value: string): string {
  const bytes = Buffer.from(value, 'utf8');
  const { length } = bytes;
  const short = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.from([0x0c, ...(length < 128 ? [length] : short), ...bytes]).toString('hex');
}
