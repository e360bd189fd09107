// The document of benchmarks: sections by name, of which some are measured anew. Pure.

/** What to write. */
export type Merge = {
  /** What stands above the sections. */
  readonly head: string;
  /** The document as it was. */
  readonly old: string;
  /** Sections by name, each beginning with `## name:`. */
  readonly fresh: ReadonlyMap<string, string>;
  /** Names in the order of the document; sections of other names are dropped. */
  readonly order: readonly string[];
};

/** The new document: fresh sections, and the old ones where there is none. */
export function mergeSections({ fresh, head, old, order }: Merge): string {
  const kept = new Map(
    old
      .split(/^(?=## )/m)
      .map((section) => [/^## ([\w-]+):/.exec(section)?.[1] ?? '', `${section.trimEnd()}\n`]),
  );
  const sections = order.flatMap((name) => fresh.get(name) ?? kept.get(name) ?? []);
  return [head, ...sections].join('\n');
}
