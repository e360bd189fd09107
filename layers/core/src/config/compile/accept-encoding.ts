// Whether a header Accept-Encoding asks for the compression that a module expects (RFC 9110, 12.5.3): the entries in the
// order of their quality, the first that names the compression or `*` decides.

/** Whether `header` accepts `compression`; where either is empty, it does. */
export function acceptsCompression(compression: string, header: string): boolean {
  if (compression === '' || header === '') return true;
  const entries = header.split(',').map(readEntry);
  const ranked = entries.sort((a, b) => b.quality - a.quality);
  const decides = ranked.find(({ coding }) => coding === compression || coding === '*');
  return decides !== undefined && decides.quality > 0;
}

function readEntry(text: string): { readonly coding: string; readonly quality: number } {
  const at = text.lastIndexOf(';');
  if (at < 0) return { coding: text.trim(), quality: 1 };
  const quality = Number(
    text
      .slice(at + 1)
      .trim()
      .replace(/^q=/, '') || Number.NaN,
  );
  return {
    coding: text.slice(0, at).trim(),
    quality: Number.isNaN(quality) ? 0 : Math.round(quality * 1000) / 1000,
  };
}
