// What a Prometheus has stored: the times of all points, which an instant query would not show.

/** Times in milliseconds by the value of a label, of series of the last three hours. */
export async function readPoints(
  url: string,
  { label, selector }: { readonly selector: string; readonly label: string },
): Promise<Map<string, number[]>> {
  const query = encodeURIComponent(`${selector}[3h]`);
  const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly values: readonly [number, string][];
      }[];
    };
  };
  return new Map(
    answer.data.result.map(({ metric, values }) => [
      metric[label] ?? '',
      values.map(([seconds]) => Math.round(seconds * 1000)),
    ]),
  );
}

/** Minutes between the first and the last of `times` at which there is none. */
export function countGaps(times: readonly number[]): number {
  if (times.length === 0) return 0;
  const minutes = (Math.max(...times) - Math.min(...times)) / 60_000;
  return minutes + 1 - new Set(times).size;
}
