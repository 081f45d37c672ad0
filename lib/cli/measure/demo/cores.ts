// Which cores the processes of rawloop demo are pinned to: the servers to one, the
// clients to another, so that neither takes time from the other. See taskset(1).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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
