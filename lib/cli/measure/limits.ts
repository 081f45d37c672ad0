// As many connections as this system lets a measurement have, and which limit that is: for
// the loops, and for the model that needs a thread for each. Limits are found out and kept
// to, not raised. See getrlimit(2), proc_sys_kernel(5), ip(7), cgroups(7).
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { MAX_CONNECTIONS } from './options.js';
import { maybe } from './process.js';
import { counted, whole } from './text.js';

/** What a server or a client has open for itself. */
const OWN_DESCRIPTORS = 64;
/** What eight processes with a runtime each have. */
const OWN_THREADS = 120;
/** What connections to all four models at once take at both ends, thread included. */
const BYTES_PER_CONNECTION = 256 * 1024;
/** Connections to the same server that others may have. */
const SPARE_PORTS = 500;
/** Mappings that a runtime has for itself, and those of a thread: a stack and its guard. */
const OWN_MAPPINGS = 2000;
const MAPPINGS_PER_THREAD = 2;
const DEFAULT_PORTS: readonly [number, number] = [49_152, 65_535];

export interface Limit {
  most: number;
  /** A sentence without its full stop. */
  why: string;
}

export interface Limits {
  /** Of any model. */
  any: Limit;
  /** Of a thread per connection; never above `any`. */
  threads: Limit;
}

/** @param openings how often each model's connections are opened: ports may be tired */
export function findLimits(openings: number): Limits {
  const any = least([
    { most: MAX_CONNECTIONS, why: `More than ${whole(MAX_CONNECTIONS)} are not tried` },
    descriptors(),
    ports(openings),
    memory(),
  ]);
  return { any, threads: least([any, ...threadLimits()]) };
}

function least(limits: readonly (Limit | undefined)[]): Limit {
  const known = limits.filter((limit) => limit !== undefined);
  const { most, why } = known.reduce((a, b) => (b.most < a.most ? b : a));
  return { most: Math.max(0, Math.floor(most)), why };
}

function numbersIn(file: string): number[] {
  return (readFileSync(file, 'utf8').match(/\d+/g) ?? []).map(Number);
}

const numberIn = (file: string) => maybe(() => numbersIn(file)[0] ?? Number.NaN);

function descriptors(): Limit {
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

function ports(openings: number): Limit {
  let [first, last] = DEFAULT_PORTS;
  try {
    [first = first, last = last] = numbersIn('/proc/sys/net/ipv4/ip_local_port_range');
  } catch {
    // Where there is no such file, that is the range of the standard.
  }
  const all = last - first + 1;
  const why = `There are ${whole(all)} local ports to connect from`;
  // Else a port rests for a minute when its connection was closed.
  const reused = (numberIn('/proc/sys/net/ipv4/tcp_tw_reuse') ?? 0) > 0;
  if (reused) return { most: all - SPARE_PORTS, why };
  return {
    most: (all - SPARE_PORTS) / openings,
    why: `${why}, each for one of ${counted(openings, 'opening')}`,
  };
}

function memory(): Limit {
  const available = maybe(() => {
    const text = readFileSync('/proc/meminfo', 'utf8');
    return Number(/^MemAvailable:\s*(\d+)/m.exec(text)?.[1]) * 1024;
  });
  const own = maybe(() => process.constrainedMemory());
  const room = Math.min(available ?? freemem(), own || Number.POSITIVE_INFINITY);
  return {
    // The other half stays with whoever else is there.
    most: room / 2 / BYTES_PER_CONNECTION,
    why: `There are ${whole(room / 2 ** 20)} MiB of memory`,
  };
}

function threadLimits(): (Limit | undefined)[] {
  const running = maybe(() =>
    // The number behind the slash: those of the whole machine.
    Number(readFileSync('/proc/loadavg', 'utf8').match(/\/(\d+)/)?.[1]),
  );
  const room = (name: string, limit: number | undefined): Limit | undefined =>
    limit === undefined
      ? undefined
      : {
          most: limit - (running ?? 0) - OWN_THREADS,
          why: `There may be ${whole(limit)} threads (${name})`,
        };
  const mappings = numberIn('/proc/sys/vm/max_map_count');
  return [
    controlGroup('/sys/fs/cgroup'),
    controlGroup('/sys/fs/cgroup/pids'),
    room('kernel.pid_max', numberIn('/proc/sys/kernel/pid_max')),
    room('kernel.threads-max', numberIn('/proc/sys/kernel/threads-max')),
    room('ulimit -u', processLimit()),
    mappings === undefined
      ? undefined
      : {
          most: (mappings - OWN_MAPPINGS) / MAPPINGS_PER_THREAD,
          why: `A process may have ${whole(mappings)} mappings (vm.max_map_count), a thread takes ${MAPPINGS_PER_THREAD}`,
        },
  ];
}

/** The super-user has no such limit. */
function processLimit(): number | undefined {
  if (process.getuid?.() === 0) return undefined;
  return maybe(() => {
    const text = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max processes\s+(\d+)/m.exec(text)?.[1]);
  });
}

function controlGroup(folder: string): Limit | undefined {
  // 'max' is no number.
  const room = maybe(() => {
    const read = (file: string) => Number(readFileSync(`${folder}/${file}`, 'utf8'));
    return read('pids.max') - read('pids.current');
  });
  if (room === undefined) return undefined;
  return { most: room - OWN_THREADS, why: `There is room for ${whole(room)} threads (pids.max)` };
}
