// Which servers an entry of a module's `hosts` stands for.

/** A host with its port, as an address names it. */
export type HostAndPort = { readonly hostname: string; readonly port: string };

/** Whether `hosts` has this server: by name, by `*.domain`, and where an entry has a port, by that port too. */
export function namesHost(hosts: readonly string[], { hostname, port }: HostAndPort): boolean {
  return hosts.some((entry) => {
    const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (wanted !== undefined && wanted !== port) return false;
    const host = hostname.toLowerCase();
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
  });
}
