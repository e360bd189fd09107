// Keeps V8's young generation small. Lambda starts Node with a largest size by the function's memory, 96 MB at 512 MB, and its
// command line counts more than NODE_OPTIONS. A run of a large fleet fills all of that, and is no faster for it.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes from which it does not grow. */
const enough = 8 * 1024 * 1024;

let isWatched = false;

/** Lets it grow until {@link holdYoungGeneration} finds it large enough. For each run: V8 shrinks it while nothing happens. */
export function watchYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  isWatched = true;
}

/** Ends its growth once it is large enough. Takes some microseconds, and nothing afterwards. */
export function holdYoungGeneration(): void {
  if (!isWatched) return;
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  if ((young?.space_size ?? 0) < enough) return;
  // V8 reads the factor each time when it is to grow; the largest size only when it starts.
  setFlagsFromString('--semi-space-growth-factor=1');
  isWatched = false;
}
