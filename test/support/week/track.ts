// Values over time as promtool writes them: one for each minute, runs of equal steps shortened.

/** The value of a series at a minute; undefined while there is none. */
export type Track = (minute: number) => number | undefined;

/** The first `minutes` of `track` in promtool's notation. A series that ends is marked stale, as a scrape would. */
export function writeTrack(track: Track, minutes: number): string {
  const values = Array.from({ length: minutes }, (_, minute) => track(minute));
  const parts: string[] = [];
  for (let at = 0; at < minutes; ) {
    const value = values[at];
    if (value === undefined) {
      parts.push(at > 0 && values[at - 1] !== undefined ? 'stale' : '_');
      at += 1;
      continue;
    }
    const step = stepAt(values, at);
    let length = 1;
    while (step !== undefined && values[at + length] === value + step * length) length += 1;
    parts.push(length === 1 ? `${value}` : `${value}+${step}x${length - 1}`);
    at += length;
  }
  return shorten(parts).join(' ').replaceAll('+-', '-');
}

function stepAt(values: readonly (number | undefined)[], at: number): number | undefined {
  const [value, next] = [values[at], values[at + 1]];
  return value === undefined || next === undefined ? undefined : next - value;
}

/** Many gaps in a row are one. */
function shorten(parts: readonly string[]): string[] {
  const short: { text: string; times: number }[] = [];
  for (const text of parts) {
    const last = short.at(-1);
    if (text === '_' && last?.text === '_') last.times += 1;
    else short.push({ text, times: 1 });
  }
  return short.map(({ text, times }) => (text === '_' ? `_x${times}` : text));
}

/** The running sum of what is added each minute. */
export function counter(added: (minute: number) => number, minutes: number): Track {
  const sums: number[] = [];
  let sum = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    sum += added(minute);
    sums.push(sum);
  }
  return (minute) => sums[minute];
}
