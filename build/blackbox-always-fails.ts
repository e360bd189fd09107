// Values that blackbox_exporter takes, and with which each of its probes then fails: here such a module is refused where a probe
// uses it, and else left out with a warning.
import { isIP } from 'node:net';
import { responseCodes } from '../layers/core/src/config/dns-numbers.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { bytesOf } from './go-texts.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Versions of HTTP that an answer can have here. */
const spokenVersions = ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2', 'HTTP/2.0'];

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

type Rule = {
  readonly key: string;
  readonly isFine: (value: unknown) => boolean;
  readonly wanted: string;
};

const isText = (form: RegExp) => (value: unknown) => typeof value !== 'string' || form.test(value);

const all = (isFine: (one: unknown) => boolean) => (value: unknown) =>
  !Array.isArray(value) || value.every(isFine);

const source: Rule = {
  key: 'source_ip_address',
  isFine: (value) => typeof value !== 'string' || isIP(value) !== 0,
  wanted: 'an IP address',
};

const rules: Readonly<Record<string, readonly Rule[]>> = {
  http: [
    {
      key: 'valid_http_versions',
      isFine: (value) =>
        !Array.isArray(value) ||
        // HTTP/3 only, without enable_http3, is a mistake to blackbox_exporter too.
        value.every((one) => one === 'HTTP/3.0') ||
        value.some((one) => typeof one !== 'string' || spokenVersions.includes(one)),
      wanted: 'HTTP/1.0, HTTP/1.1 or HTTP/2.0 among them; HTTP/3 is not spoken',
    },
    {
      key: 'valid_status_codes',
      isFine: all((one) => !Number.isInteger(one) || (Number(one) >= 100 && Number(one) <= 999)),
      wanted: 'status codes from 100 to 999',
    },
    {
      key: 'method',
      isFine: isText(/^$|^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
      wanted: 'a method such as GET',
    },
    {
      key: 'headers',
      isFine: (value) =>
        typeof value !== 'object' || Object.keys(value ?? {}).every((name) => token.test(name)),
      wanted: 'names that a header can have',
    },
    {
      key: 'compression',
      isFine: isText(/^(?:gzip|br|deflate|identity)?$/),
      wanted: 'gzip, br, deflate or identity',
    },
  ],
  tcp: [source],
  dns: [
    source,
    {
      key: 'valid_rcodes',
      isFine: all((one) => typeof one !== 'string' || Object.hasOwn(responseCodes, one)),
      wanted: 'response codes such as NOERROR, in capitals',
    },
    { key: 'transport_protocol', isFine: isText(/^(?:udp|tcp)?$/), wanted: 'udp or tcp' },
  ],
};

/** What of the options of a prober lets every probe fail; paths begin with the prober. */
export function findAlwaysFailing(own: Mapping, prober: string): Issue[] {
  const found = (rules[prober] ?? []).flatMap(({ isFine, key, wanted }) =>
    own[key] === undefined || isFine(own[key])
      ? []
      : [{ path: `${prober}.${key}`, message: messageFor(key, own[key], wanted) }],
  );
  const isUdp = prober === 'dns' && own.dns_over_tls === true && own.transport_protocol !== 'tcp';
  const message = 'want transport_protocol: tcp beside dns_over_tls';
  return isUdp ? [...found, { path: 'dns', message }] : found;
}

/** Values of headers may be secrets. */
function messageFor(key: string, value: unknown, wanted: string): string {
  return key === 'headers' ? `want ${wanted}` : `got ${JSON.stringify(value)}, want ${wanted}`;
}

/** The options without what says nothing: versions of HTTP that no answer has, names of address families, what only another grant reads. */
export function withoutIdle(own: Mapping, prober: string): Record<string, unknown> {
  const options: Record<string, unknown> = { ...own };
  if (typeof own.oauth2 === 'object' && own.oauth2 !== null) {
    const kept = Object.entries(own.oauth2).filter(([key]) => !ofAnotherGrant.test(key));
    options.oauth2 = Object.fromEntries(kept);
  }
  const size = options.body_size_limit;
  // Less than nothing is no limit there.
  if (typeof size === 'string') options.body_size_limit = Math.max(0, bytesOf(size));
  const versions = options.valid_http_versions;
  const known = Array.isArray(versions)
    ? versions.filter((one) => typeof one !== 'string' || spokenVersions.includes(one))
    : [];
  if (prober === 'http' && known.length > 0) options.valid_http_versions = known;
  // blackbox_exporter asks whether it is ip6 or nothing; whatever else there is means ip4.
  const family = options.preferred_ip_protocol;
  if (typeof family === 'string') {
    options.preferred_ip_protocol = family === 'ip6' ? 'ip6' : 'ip4';
  }
  return options;
}

const ofAnotherGrant =
  /^(?:client_certificate_key(?:_\w+)?|signature_algorithm|iss|audience|claims)$/;
