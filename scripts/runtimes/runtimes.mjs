// The runtimes that the package is for: this Node, and others from the registry.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackage } from './fetch.mjs';

const { platform, arch } = process;
const os = `${platform}-${arch}`;
const major = process.versions.node.split('.')[0];
const bunArch = arch === 'arm64' ? 'aarch64' : arch;
const denoLibc = platform === 'linux' ? '-glibc' : '';

/** `args` come before the program; `isNode`: vitest runs on it as well. */
export const runtimes = [
  { name: `node ${major}`, path: process.execPath, isNode: true, isThis: true },
  ...['20', '22', '24', '26']
    .filter((version) => version !== major)
    .map((version) => ({
      ...{ name: `node ${version}`, spec: `node-${os}@${version}`, file: 'bin/node', isNode: true },
    })),
  { name: 'bun', spec: `@oven/bun-${platform}-${bunArch}@1`, file: 'bin/bun' },
  { name: 'deno', spec: `@deno/${os}${denoLibc}@2`, file: 'deno', args: ['run', '-A'] },
];

/** The executable of `runtime`, fetched if need be. @throws Error that says why not */
export async function findRuntime({ path, spec, file }) {
  if (path !== undefined) return path;
  const found = join(await fetchPackage(spec), file);
  chmodSync(found, 0o755);
  return found;
}
