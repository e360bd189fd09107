// What is said of a certificate that is not valid: OpenSSL's code, and the setting that may be wanted.
import { explainCertificate } from '../../layers/core/src/net/tls-error.ts';

it.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /: signed by itself \(tls_config\.ca_file\)$/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /: its authority is not known \(tls_config\.ca_file\)$/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /\(tls_config\.ca_file\)$/],
  ['CERT_HAS_EXPIRED', /^CERT_HAS_EXPIRED$/],
])('%s', (code, words) => {
  const said = explainCertificate(code);
  expect(said).toMatch(words);
  expect(said.startsWith(code)).toBe(true);
});
