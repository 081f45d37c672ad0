// What figures must name to mean anything later: the machine, the kernel, the
// versions. No host name, no path.
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { readPackageFile } from './package-files.js';
import type { Machine } from './types.js';

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || null,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    platform: platform(),
    arch: arch(),
    kernel: release(),
    system: distribution(),
  };
}

function distribution(): string | null {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}

export function describeVersions(): Record<string, string> {
  const { version } = JSON.parse(readPackageFile('package.json')) as { version: string };
  const { node, v8, uv } = process.versions;
  return { rawloop: version, node, v8, libuvInNode: uv };
}
