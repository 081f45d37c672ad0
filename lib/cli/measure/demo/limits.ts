// How many connections this system lets rawloop demo have: a descriptor each, in the
// server and in the client, and a thread each in one of the models. Limits are found
// out and kept to, not raised. See getrlimit(2), cgroups(7).
import { readFileSync } from 'node:fs';
import type { DemoOptions } from './options.js';
import { maybe } from './process.js';
import { count, whole } from './text.js';

/** What a server or a client has open for itself. */
const OWN_DESCRIPTORS = 64;
/** What eight processes with a runtime each have. */
export const OWN_THREADS = 120;

interface Fitting {
  connections: number[];
  /** What was changed and why. */
  notes: string[];
}

export interface Limit {
  most: number;
  /** A sentence without its full stop. */
  why: string;
}

/** The numbers of connections that are possible; larger ones become the largest such. */
export function fitConnections({ connections, models }: DemoOptions): Fitting {
  const limits = [descriptors()];
  if (models.includes('threads')) limits.push(threads());
  const { most, why } = limits.reduce((a, b) => (b.most < a.most ? b : a));
  const greatest = connections.at(-1) as number;
  if (greatest <= most) return { connections, notes: [] };
  if (most < 1) throw new Error(`${why}: too few for a connection`);
  return {
    connections: [...new Set(connections.map((wanted) => Math.min(wanted, most)))],
    notes: [`${why}, too few for ${count(greatest)}: ${count(most)} instead.`],
  };
}

export function descriptors(): Limit {
  const limit = descriptorLimit();
  const why = `A process may open ${whole(limit)} files (ulimit -n)`;
  return { most: limit - OWN_DESCRIPTORS, why };
}

function descriptorLimit(): number {
  const inProc = maybe(() => {
    const text = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(text)?.[1]);
  });
  if (inProc !== undefined) return inProc;
  const report = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: number | string } } }
    | undefined;
  // 'unlimited' is no number.
  const soft = Number(report?.userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Number.POSITIVE_INFINITY;
}

/** A container may have a limit, which is its control group's. */
function threads(): Limit {
  const read = (file: string) => Number(readFileSync(`/sys/fs/cgroup/${file}`, 'utf8'));
  const room = maybe(() => read('pids.max') - read('pids.current'));
  if (room === undefined) return { most: Number.POSITIVE_INFINITY, why: '' };
  return { most: room - OWN_THREADS, why: `There is room for ${whole(room)} threads (pids.max)` };
}
