// Certificates and request bodies that fargaze.yml names by file go into the compiled configuration: the functions have no such files.
import { resolve } from 'node:path';
import { formatPath } from '../layers/core/src/config/explain.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { readTextFile } from './text-file.ts';

type Mapping = Record<string, unknown>;

/** A copy of the document with `ca_file`, `cert_file` and `body_file` replaced by their content, what cannot be read, and what was. */
export function inlineFiles(
  document: unknown,
  directory: string,
): {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly files: readonly string[];
} {
  const issues: Issue[] = [];
  const files: string[] = [];
  const value = structuredClone(document);
  for (const { path: place, options } of placesOf(value)) {
    for (const prober of ['http', 'tcp', 'dns', 'grpc', 'redis']) {
      const own = mapping(options[prober]);
      const places = [
        { holder: mapping(own.tls_config), key: 'ca', within: `${prober}.tls_config` },
        { holder: mapping(own.tls_config), key: 'cert', within: `${prober}.tls_config` },
        ...['ca', 'cert'].map((key) => ({
          holder: mapping(mapping(own.oauth2).tls_config),
          key,
          within: `${prober}.oauth2.tls_config`,
        })),
        ...(prober === 'http' ? [{ holder: own, key: 'body', within: prober }] : []),
      ];
      for (const { holder, key, within } of places) {
        const file = holder[`${key}_file`];
        if (typeof file !== 'string') continue;
        const path = `${place}.${within}.${key}_file`;
        const read = readTextFile(resolve(directory, file));
        if ('fault' in read) {
          issues.push({
            path,
            message: `got ${JSON.stringify(file)}, which ${read.fault}`,
          });
        } else if (holder[key] !== undefined) {
          issues.push({ path, message: `given beside ${key}, want one of them` });
        } else {
          holder[key] = read.text;
          files.push(file);
        }
      }
    }
  }
  return { value, issues, files };
}

/** Each module, and each step of one, with its path. */
function placesOf(document: unknown) {
  return Object.entries(mapping(mapping(document).modules)).flatMap(([module, value]) => {
    const options = mapping(value);
    const steps: readonly unknown[] = Array.isArray(options.steps) ? options.steps : [];
    return [
      { path: formatPath(['modules', module]), options },
      ...steps.map((step, index) => ({
        path: formatPath(['modules', module, 'steps', index]),
        options: mapping(step),
      })),
    ];
  });
}

/** The value itself where it is a mapping; the schema says what is wrong with anything else. */
function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Mapping)
    : {};
}
