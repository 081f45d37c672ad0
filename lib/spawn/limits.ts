// Limits of what a child may take, by the kernel's names. See setrlimit(2).
import { type OptionNames, readOptions } from '../base/options.js';
import { invalidType, invalidValue, outOfRange } from '../loop/errors.js';
import { constants } from '../raw/constants.js';
import type { Limit } from './layout.js';

/** 0 to 2^53-1, in the resource's unit; `Infinity`: none. */
export interface BothLimits {
  /** What is enforced. */
  readonly soft: number;
  /** How far the process may raise that. */
  readonly hard: number;
}

/** One number is both. */
export type ResourceLimit = number | BothLimits;

/** By the kernel's names. Which there are is the system's. */
export interface ResourceLimits {
  /** Bytes of address space. */
  RLIMIT_AS?: ResourceLimit;
  /** Bytes of a core file. */
  RLIMIT_CORE?: ResourceLimit;
  /** Seconds on a processor. */
  RLIMIT_CPU?: ResourceLimit;
  /** Bytes of data. */
  RLIMIT_DATA?: ResourceLimit;
  /** Bytes of a file that it writes. */
  RLIMIT_FSIZE?: ResourceLimit;
  /** Bytes that it keeps in memory. */
  RLIMIT_MEMLOCK?: ResourceLimit;
  /** Bytes of POSIX message queues. Linux. */
  RLIMIT_MSGQUEUE?: ResourceLimit;
  /** 20 less the nice value that it may give itself. Linux. */
  RLIMIT_NICE?: ResourceLimit;
  /** One above the largest number of a descriptor. */
  RLIMIT_NOFILE?: ResourceLimit;
  /** Processes of its user. */
  RLIMIT_NPROC?: ResourceLimit;
  /** Bytes of memory in use. */
  RLIMIT_RSS?: ResourceLimit;
  /** Priority of real time. Linux. */
  RLIMIT_RTPRIO?: ResourceLimit;
  /** Microseconds of real time without a pause. Linux. */
  RLIMIT_RTTIME?: ResourceLimit;
  /** Signals that wait for it. Linux. */
  RLIMIT_SIGPENDING?: ResourceLimit;
  /** Bytes of the stack. */
  RLIMIT_STACK?: ResourceLimit;
}

const NAMES: OptionNames<ResourceLimits> = {
  RLIMIT_AS: true,
  RLIMIT_CORE: true,
  RLIMIT_CPU: true,
  RLIMIT_DATA: true,
  RLIMIT_FSIZE: true,
  RLIMIT_MEMLOCK: true,
  RLIMIT_MSGQUEUE: true,
  RLIMIT_NICE: true,
  RLIMIT_NOFILE: true,
  RLIMIT_NPROC: true,
  RLIMIT_RSS: true,
  RLIMIT_RTPRIO: true,
  RLIMIT_RTTIME: true,
  RLIMIT_SIGPENDING: true,
  RLIMIT_STACK: true,
};
const BOTH: OptionNames<BothLimits> = { soft: true, hard: true };

const NONE = 2n ** 64n - 1n;

function numberOf(name: string, value: unknown): bigint {
  if (typeof value !== 'number') throw invalidType(name, 'a number');
  if (value === Number.POSITIVE_INFINITY) return NONE;
  if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw outOfRange(name, 'an integer from 0 to 2^53-1, or Infinity', value);
}

function limitOf(name: string, value: ResourceLimit): Pick<Limit, 'soft' | 'hard'> {
  if (typeof value === 'number') {
    const both = numberOf(name, value);
    return { soft: both, hard: both };
  }
  const { soft, hard } = readOptions(name, value, BOTH);
  const limit = { soft: numberOf(`${name}.soft`, soft), hard: numberOf(`${name}.hard`, hard) };
  if (limit.soft <= limit.hard) return limit;
  throw invalidValue(`${name}.soft`, 'at most the hard limit');
}

/** @throws TypeError, RangeError */
export function limitsOf(given: ResourceLimits | undefined): Limit[] {
  if (given === undefined) return [];
  const limits = readOptions('options.resourceLimits', given, NAMES);
  return Object.entries(limits).map(([name, value]) => {
    const resource = constants[name];
    const full = `options.resourceLimits.${name}`;
    if (resource === undefined) throw invalidValue(full, `left out on ${process.platform}`);
    return { resource, ...limitOf(full, value as ResourceLimit) };
  });
}
