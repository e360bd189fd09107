// A Redis on a plain and on a TLS port, with the certificates that its clients may have.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/programs/ports.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { issueCertificate } from './certificates.ts';

/** A server and what is needed to be its client. */
export type TlsRedis = Server & {
  readonly tlsUrl: string;
  /** PEM of the authority that issued the certificates of server and clients. */
  readonly ca: string;
  /** A client's certificate, and the file with its key. */
  readonly client: { readonly cert: string; readonly key: string };
  /** Of an authority that the server does not know. */
  readonly stranger: { readonly cert: string; readonly key: string };
};

/**
 * Starts one; no client certificate is wanted at first (`CONFIG SET tls-auth-clients yes`). Its own certificate is valid for 30
 * days unless `validForDays` says otherwise; a negative number has expired.
 */
export async function startTlsRedis({ validForDays = 30 } = {}): Promise<TlsRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-redis-tls-'));
  const write = (name: string, text: string) => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const ca = issueCertificate({ commonName: 'Test CA', ca: true });
  const other = issueCertificate({ commonName: 'Other CA', ca: true });
  const { issuer } = ca;
  const names = { commonName: 'r', ip: ['127.0.0.1'] };
  const server = issueCertificate({ ...names, issuer, validForDays });
  const client = issueCertificate({ commonName: 'probe', issuer });
  const stranger = issueCertificate({ commonName: 'probe', issuer: other.issuer });
  const port = await freePort();
  const running = await startRedis({
    args: [
      ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', write('cert.pem', server.cert)],
      ...['--tls-key-file', write('key.pem', server.key)],
      ...['--tls-ca-cert-file', write('ca.pem', ca.cert)],
    ],
  });
  return {
    ...running,
    tlsUrl: `rediss://127.0.0.1:${port}`,
    ca: ca.cert,
    client: { cert: client.cert, key: write('client.pem', client.key) },
    stranger: { cert: stranger.cert, key: write('stranger.pem', stranger.key) },
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
