// A bill of materials in CycloneDX's format: the npm packages that are shipped, as npm lists them, the demo's Python packages
// with their hashes, and the container images. Nothing is fetched.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { images } from '../infra/images.ts';

/** One thing that is shipped (cyclonedx.org/docs/1.5/json). */
export type Component = {
  readonly type: 'library' | 'container' | 'application';
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
};

/** A bill of materials. */
export type BillOfMaterials = {
  readonly bomFormat: 'CycloneDX';
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
};

/** Packages of the SDK that the command's bundle holds although they are installed for development. */
const bundled = /^@(?:aws-sdk|smithy|aws|aws-crypto)\//;

/** What is shipped of the repository at `root`. @throws when npm cannot list its packages. */
export function billOfMaterials(root: string): BillOfMaterials {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const listed = (more: readonly string[]) =>
    JSON.parse(execFileSync('npm', [...args, ...more], options)) as BillOfMaterials;
  const { components: shipped, metadata, ...bill } = listed(['--omit=dev']);
  // npm calls it by its folder.
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = { ...metadata, component: { ...metadata.component, name } };
  const sdk = listed([]).components.filter(({ purl = '' }) =>
    bundled.test(decodeURIComponent(purl.replace(/^pkg:npm\//, ''))),
  );
  return {
    ...bill,
    metadata: named,
    components: [...shipped, ...sdk, ...pythonPackages(root), ...containers()],
  };
}

function pythonPackages(root: string): Component[] {
  const text = readFileSync(join(root, 'infra/web/requirements.txt'), 'utf8');
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, name, version] = /^([\w.-]+)==([\w.]+)/.exec(line) ?? [];
      if (name === undefined || version === undefined) return [];
      const hashes = [...line.matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map(
        ([, content = '']) => ({
          alg: 'SHA-256',
          content,
        }),
      );
      return [{ type: 'library', name, version, purl: `pkg:pypi/${name}@${version}`, hashes }];
    });
}

function containers(): Component[] {
  return Object.values(images).map((image) => {
    const at = image.lastIndexOf(':');
    return { type: 'container', name: image.slice(0, at), version: image.slice(at + 1) };
  });
}
