// What it was measured on, which figures must name to mean anything later: the system, the
// versions (no host name, no path), and the cores: servers are pinned to one, clients to
// another, so that neither takes time from the other. See taskset(1).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

export interface Cores {
  server: number;
  client: number;
}

/** The core of the servers and that of the clients, or why they are not pinned. */
export function findCores(): Cores | string {
  const cores = allowedCores();
  if (cores.length === 1) return 'there is one core only';
  // The first and the last are seldom two threads of one core.
  const [server = 0, client = 1] = [cores[0], cores.at(-1)];
  for (const core of [server, client]) {
    const probe = spawnSync('taskset', ['-c', String(core), 'true'], { stdio: 'ignore' });
    if (probe.error !== undefined) return 'taskset(1) is not installed';
    if (probe.status !== 0) return 'taskset(1) was refused';
  }
  return { server, client };
}

/** The cores this process may use; without /proc there is no taskset(1) either. */
function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return (list?.[1] ?? '0').split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}

/** Where they ran, as a sentence. */
export function placementText(found: Cores | string): string {
  if (typeof found === 'string') return `Servers and clients ran on any core: ${found}.`;
  return `Servers ran on core ${found.server}, clients on core ${found.client} (taskset).`;
}

export interface Machine {
  cpu: string | null;
  cpus: number;
  memoryBytes: number;
  platform: string;
  arch: string;
  kernel: string;
  /** As os-release(5) names it. */
  system: string | null;
}

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

/** A file of this package, wherever this code was bundled to. @param name relative to package.json */
export function readPackageFile(name: string): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return readFileSync(join(folder, name), 'utf8');
}
