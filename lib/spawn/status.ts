// How a process ended, and what it took. See wait(2), getrusage(2).
import { signalName } from './signals.js';

/** What a process took, with its own children that it had waited for. */
export interface ResourceUsage {
  /** Time on a processor in its program, ms. */
  readonly userMs: number;
  /** Time on a processor in the kernel, ms. */
  readonly systemMs: number;
  /** The most memory that it had in use at a time, bytes. */
  readonly maxRssBytes: number;
  /** Pages that were there already. */
  readonly minorFaults: number;
  /** Pages that were read from a disk. */
  readonly majorFaults: number;
  /** Times that it read from a file system, blocks of 512 bytes on Linux. */
  readonly blocksRead: number;
  /** The same of writing. */
  readonly blocksWritten: number;
  /** How often it waited. */
  readonly voluntarySwitches: number;
  /** How often another was given its processor. */
  readonly involuntarySwitches: number;
}

/** How a process ended. */
export interface ExitStatus {
  /** What it gave to exit(3), 0 to 255; null: a signal ended it, or nobody knows. */
  readonly code: number | null;
  /** The signal that ended it, such as 'SIGKILL'; null: none did, or nobody knows. */
  readonly signal: string | null;
  /** Whether its memory was written to a file. */
  readonly coreDumped: boolean;
  /** Null where it is not known. */
  readonly rusage: ResourceUsage | null;
}

/** That it has ended is known, and no more. */
export const UNKNOWN_STATUS: ExitStatus = Object.freeze({
  code: null,
  signal: null,
  coreDumped: false,
  rusage: null,
});

/** How many numbers `take` of native/process/children.cc fills. */
export const STATUS_NUMBERS = 12;

/** macOS counts the memory in bytes, others in KiB. */
const RSS_UNIT = process.platform === 'darwin' ? 1 : 1024;

/** Of those numbers; what each is stands in the place that it has there. */
export function statusOf(numbers: Float64Array): ExitStatus {
  const at = (index: number) => numbers[index] as number;
  const code = at(0);
  const signal = at(1);
  return {
    code: code < 0 ? null : code,
    signal: signal === 0 ? null : signalName(signal),
    coreDumped: at(2) !== 0,
    rusage: {
      userMs: at(3),
      systemMs: at(4),
      maxRssBytes: at(5) * RSS_UNIT,
      minorFaults: at(6),
      majorFaults: at(7),
      blocksRead: at(8),
      blocksWritten: at(9),
      voluntarySwitches: at(10),
      involuntarySwitches: at(11),
    },
  };
}
