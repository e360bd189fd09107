// Does what a documented `curl` line does: the same request to a running system, and the same filter on the answer.

/** Where the variables of the documents lead. */
export type Receivers = { readonly PROMETHEUS: string; readonly PUSHGATEWAY: string };

const form =
  /^curl -s[Gi]* "\$(PROMETHEUS|PUSHGATEWAY)(\/[^"]*)"(?: --data-urlencode '([^']*)')?(?: \| grep (?:-m \d+ |-c )?'?([^' ]+)'?)?$/;

/** @throws Error where the line has another form, is not answered with 200 and success, or filters everything away. */
export async function askAsDocumented(command: string, receivers: Receivers): Promise<void> {
  const [, receiver, path, data, wanted] = form.exec(command) ?? [];
  if (receiver === undefined) throw new Error(`got ${command}, want a line of the form ${form}`);
  const url = new URL(`${receivers[receiver as keyof Receivers]}${path}`);
  const split = data?.indexOf('=') ?? -1;
  if (data !== undefined) url.searchParams.set(data.slice(0, split), data.slice(split + 1));
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  const failed = path?.startsWith('/api/') && JSON.parse(text).status !== 'success';
  if (response.status !== 200 || failed) {
    throw new Error(`${command}: status ${response.status}: ${text.slice(0, 200)}`);
  }
  if (wanted !== undefined && !new RegExp(wanted, 'm').test(text)) {
    throw new Error(`${command}: no line of the answer matches`);
  }
}
