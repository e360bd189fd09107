// The `dns` part of a module: blackbox_exporter's option names, defaults and meaning
// (github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md), except that IPv4 comes first.
import * as v from 'valibot';
import { recordClasses, recordTypes, responseCodes } from '../dns-numbers.ts';
import { closed } from '../mapping.ts';
import type { DnsOptions, RecordRules } from '../modules.ts';
import { connectionEntries, connectionOf, sourceAddressEntry } from './connection-schema.ts';
import { pattern } from './fields.ts';
import { tlsSchema } from './tls-schema.ts';

/** A name of a table, as its number. */
function numberOf(table: Readonly<Record<string, number>>, wanted: string) {
  return v.pipe(
    v.string(`want ${wanted}`),
    v.check((name) => Object.hasOwn(table, name), wanted),
    v.transform((name) => table[name] ?? 0),
  );
}

const patterns = v.optional(v.array(pattern), []);

const rules = v.pipe(
  v.optional(
    closed({
      fail_if_matches_regexp: patterns,
      fail_if_all_match_regexp: patterns,
      fail_if_not_matches_regexp: patterns,
      fail_if_none_matches_regexp: patterns,
    }),
    {},
  ),
  v.transform(
    (section): RecordRules => ({
      failIfMatches: section.fail_if_matches_regexp,
      failIfAllMatch: section.fail_if_all_match_regexp,
      failIfNotMatches: section.fail_if_not_matches_regexp,
      failIfNoneMatches: section.fail_if_none_matches_regexp,
    }),
  ),
);

/** The keys of `dns`. */
export const dnsEntries = {
  query_name: v.pipe(
    v.string('want a name to ask for'),
    v.check((name) => name !== '', 'a name to ask for'),
    v.check(isDomainName, 'a domain name: labels of 1 to 63 bytes, 253 in all'),
    v.description('name to ask for'),
  ),
  query_type: v.optional(
    v.pipe(
      numberOf(recordTypes, 'a type of record such as A, AAAA, MX, TXT or SOA'),
      v.description('type of record to ask for'),
    ),
    'ANY',
  ),
  query_class: v.optional(
    v.pipe(
      numberOf(recordClasses, 'IN, CS, CH, HS, NONE or ANY'),
      v.description('class to ask for'),
    ),
    'IN',
  ),
  recursion_desired: v.optional(
    v.pipe(v.boolean(), v.description('ask the server to ask others')),
    true,
  ),
  transport_protocol: v.optional(
    v.pipe(v.picklist(['udp', 'tcp'], 'want udp or tcp'), v.description('`udp` or `tcp`')),
    'udp',
  ),
  dns_over_tls: v.optional(
    v.pipe(v.boolean(), v.description('speak TLS (port 853); needs `transport_protocol: tcp`')),
    false,
  ),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config')),
  valid_rcodes: v.optional(
    v.pipe(
      v.array(numberOf(responseCodes, 'a response code such as NOERROR or NXDOMAIN')),
      v.description('response codes that are a success; unset: NOERROR'),
    ),
    ['NOERROR'],
  ),
  validate_answer_rrs: v.pipe(
    rules,
    v.description(
      'patterns on the records of the answer: `fail_if_matches_regexp`, `fail_if_all_match_regexp`, `fail_if_not_matches_regexp`, `fail_if_none_matches_regexp`',
    ),
  ),
  validate_authority_rrs: v.pipe(rules, v.description('the same for the authority section')),
  validate_additional_rrs: v.pipe(rules, v.description('the same for the additional section')),
  source_ip_address: sourceAddressEntry,
  ...connectionEntries,
};

/** Schema of `dns`. */
export const dnsSchema = v.pipe(
  closed(dnsEntries, 'a mapping with query_name'),
  v.check(
    ({ dns_over_tls, transport_protocol }) => !dns_over_tls || transport_protocol === 'tcp',
    'transport_protocol: tcp beside dns_over_tls',
  ),
  v.transform(
    (dns): DnsOptions => ({
      queryName: dns.query_name,
      queryType: dns.query_type,
      queryClass: dns.query_class,
      recursionDesired: dns.recursion_desired,
      transport: dns.transport_protocol,
      overTls: dns.dns_over_tls,
      tls: dns.tls_config,
      ...(dns.source_ip_address !== undefined && { sourceIpAddress: dns.source_ip_address }),
      validRcodes: dns.valid_rcodes,
      answer: dns.validate_answer_rrs,
      authority: dns.validate_authority_rrs,
      additional: dns.validate_additional_rrs,
      ...connectionOf(dns),
    }),
  ),
);

function isDomainName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  const bytes = labels.map((label) => Buffer.byteLength(label));
  const fits = bytes.every((length) => length > 0 && length < 64);
  return name === '.' || (fits && bytes.reduce((sum, length) => sum + length + 1, 1) < 256);
}
