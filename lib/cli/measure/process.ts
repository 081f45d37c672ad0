// What the kernel says of another process: CPU time, threads, resident memory. From
// /proc on Linux, from ps(1) elsewhere; undefined where neither tells. See proc(5).
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const linux = process.platform === 'linux';
const KIB = 1024;
const NS_PER_MS = 1e6;

/** The value, or undefined for what the system does not tell. */
export function maybe(read: () => number): number | undefined {
  try {
    const value = read();
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ps(pid: number, ...args: string[]): string {
  return execFileSync('ps', [...args, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** The number behind `name:` in a file of /proc. */
function procField(pid: number, file: string, name: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/**
 * CPU time of the threads that are alive, in ms. Exact for one that sleeps; one that
 * runs is booked at the next scheduler tick. A thread that ended takes its share
 * along: compare only while none does.
 */
export function cpuMsOf(pid: number): number | undefined {
  if (!linux) return maybe(() => parseCpuTime(ps(pid, '-o', 'time=')));
  // stat's utime and stime count ticks of 10 ms; the scheduler counts nanoseconds.
  return maybe(() => {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
      ns += Number(text.split(' ', 1)[0]);
    }
    return ns / NS_PER_MS;
  });
}

/** What the scheduler has booked for a process. */
export interface Scheduling {
  cpuMs: number;
  /** Context switches: it waited. */
  voluntary: number;
  /** Context switches: another one's turn. */
  involuntary: number;
}

/** Of the threads that are alive, as `cpuMsOf`; undefined but on Linux. */
export function schedulingOf(pid: number): Scheduling | undefined {
  const cpuMs = cpuMsOf(pid);
  if (cpuMs === undefined || !linux) return undefined;
  const sum: Scheduling = { cpuMs, voluntary: 0, involuntary: 0 };
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1');
      // They are the last two lines.
      const [, voluntary, involuntary] = /ctxt_switches:\s*(\d+)\n\w+:\s*(\d+)/.exec(text) ?? [];
      sum.voluntary += Number(voluntary);
      sum.involuntary += Number(involuntary);
    }
  } catch {
    return undefined;
  }
  return Number.isNaN(sum.voluntary + sum.involuntary) ? undefined : sum;
}

/** ps(1)'s [[days-]hours:]minutes:seconds.hundredths. */
export function parseCpuTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}

export function threadsOf(pid: number): number | undefined {
  if (linux) return maybe(() => procField(pid, 'status', 'Threads'));
  // One line a thread, below a head.
  if (process.platform === 'darwin') return maybe(() => ps(pid, '-M').split('\n').length - 1);
  return maybe(() => Number(ps(pid, '-o', 'nlwp=')));
}

/** Bytes of memory that are in RAM, shared ones included. */
export function residentBytesOf(pid: number): number | undefined {
  if (!linux) return maybe(() => Number(ps(pid, '-o', 'rss=')) * KIB);
  // VmRSS leaves out what each thread has touched of late, up to 64 pages: with a
  // thread per connection that is all of it. The sum over the mappings is exact.
  const exact = maybe(() => procField(pid, 'smaps_rollup', 'Rss') * KIB);
  return exact ?? maybe(() => procField(pid, 'status', 'VmRSS') * KIB);
}

/** Of /proc/meminfo: inodes and sockets, the threads' stacks, the tables of their pages. */
const KERNEL_FIELDS = ['Slab', 'KernelStack', 'PageTables', 'Percpu'] as const;

/**
 * Bytes of memory that the kernel has for itself, on the whole machine: for every
 * process, and for both ends of a connection. Told on Linux only.
 */
export function kernelBytes(): number | undefined {
  return maybe(() => {
    const text = readFileSync('/proc/meminfo', 'utf8');
    const kib = KERNEL_FIELDS.map((name) => new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1]);
    return kib.reduce((sum, each) => sum + Number(each), 0) * KIB;
  });
}
