// Certificates that fargaze.yml names by file go into the compiled configuration: the functions have no such files.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, type Issue } from '../layers/core/src/errors.ts';

type Mapping = Record<string, unknown>;

/** A copy of the document with `ca_file` and `cert_file` replaced by `ca` and `cert`, and what cannot be read. */
export function inlineFiles(
  document: unknown,
  directory: string,
): { readonly value: unknown; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const value = structuredClone(document);
  for (const [module, options] of Object.entries(mapping(mapping(value).modules))) {
    for (const prober of ['http', 'redis']) {
      const tls = mapping(mapping(mapping(options)[prober]).tls_config);
      for (const key of ['ca', 'cert']) {
        const file = tls[`${key}_file`];
        if (typeof file !== 'string') continue;
        const path = `modules.${module}.${prober}.tls_config.${key}_file`;
        const text = read(resolve(directory, file));
        if ('code' in text) {
          issues.push({
            path,
            message: `got ${JSON.stringify(file)}, which cannot be read (${text.code})`,
          });
        } else if (tls[key] !== undefined) {
          issues.push({ path, message: `given beside ${key}, want one of them` });
        } else {
          tls[key] = text.pem;
        }
      }
    }
  }
  return { value, issues };
}

function read(file: string): { readonly pem: string } | { readonly code: string | undefined } {
  try {
    return { pem: readFileSync(file, 'utf8') };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** The value itself where it is a mapping; what is wrong with anything else the schema tells. */
function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Mapping)
    : {};
}
