// `host:port` taken apart, as Go's net.SplitHostPort does it. Refuses an address without a port that a server can have.

/** Host (without brackets) and port; undefined where `address` is no such pair. */
export function splitHostPort(
  address: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port = ''] =
    /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\w+)$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const number = /^\d+$/.test(port) ? Number(port) : services[port.toLowerCase()];
  if (host === undefined || !number || number > 65_535) return undefined;
  return { host, port: number };
}

/** Ports that Go knows by a name where the system does not say. */
const services: Readonly<Record<string, number>> = {
  domain: 53,
  ftp: 21,
  http: 80,
  https: 443,
  imap: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  pop3: 110,
  pop3s: 995,
  smtp: 25,
  ssh: 22,
  submissions: 465,
  telnet: 23,
};
