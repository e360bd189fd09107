// The templates of Prometheus's annotations in Grafana's words. Both expand Go templates with the same functions; what
// differs is `$value`, and that Grafana cannot query from a template. Refuses what it does not know how to translate.

/** A translated text, and the series that it looks up, if any. */
export type Translated = { readonly text: string; readonly lookup?: string };

// One form of look-up is known: the labels of the first series of a metric with the alert's own job and instance.
const lookupPattern =
  /\{\{-?\s*with printf "([\w:]+)\{job=%q,instance=%q\}" \$labels\.job \$labels\.instance \| query\s*-?\}\}/g;

const actionPattern = /\{\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\}).)*\}\}/gs;

/** Words that Grafana's templates do not have, or that mean another thing there. */
const unknownWords =
  /\b(?:query|first|label|value|strvalue|sortByLabel|tableLink|graphLink|safeHtml|externalURL|pathPrefix)\b/;

/**
 * `text` for an annotation of a Grafana rule whose query is A, and whose look-up is R.
 * @param alert what the text belongs to, for messages.
 * @throws RangeError for an action that is not understood, and for `${`, which newer Grafanas fill in.
 */
export function translateTemplate(text: string, alert: string): Translated {
  const lookups = [...text.matchAll(lookupPattern)].map(([, metric = '']) => metric);
  const translated = text
    .replace(lookupPattern, '{{ with $$values.R.Labels.reason }}')
    .replace(actionPattern, (action) => (lookups.length > 0 ? translateLookup(action) : action))
    .replace(actionPattern, (action) => action.replace(/\$value\b/g, '$$values.A.Value'));
  for (const [action] of translated.matchAll(actionPattern)) {
    const words = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|[.$][\w.]+/g, '');
    if (unknownWords.test(words)) {
      throw new RangeError(`${alert}: got ${action}, which Grafana cannot expand`);
    }
  }
  if (/\$\{|\$\$/.test(translated)) {
    throw new RangeError(`${alert}: got \${ or $$ in ${translated}, which Grafana would fill in`);
  }
  const [lookup] = lookups;
  return lookup === undefined ? { text: translated } : { text: translated, lookup };
}

/** Inside a look-up: there is one series at most, R, and `label "x" .` is one of its labels. */
function translateLookup(action: string): string {
  return action
    .replace(/\bwith first \./, 'if .')
    .replace(/\blabel "(\w+)" \./, '$$values.R.Labels.$1');
}
