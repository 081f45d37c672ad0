// Signals that are read from a descriptor. Linux's; elsewhere the call returns -ENOSYS.
import { checkInteger } from '../base/validate.js';
import { native, type RawCalls } from '../binding/index.js';
import { recordsIn } from './records.js';

/**
 * A descriptor that is readable while one of these signals waits for the thread that reads, or for
 * its process: they have to be blocked, which Node does to none, in every thread that the kernel
 * could hand them to. `loop.onSignal` asks for nothing like that. SFD_CLOEXEC is always added.
 *
 * @param fd -1: a new one; else the signalfd whose mask this becomes
 * @param mask two words of 32 bits, as `signalMask` makes them
 * @param flags SFD_NONBLOCK
 * @returns a descriptor that the caller owns, or -errno. See signalfd(2).
 * @example
 * const fd = check(signalfd(-1, signalMask(constants.SIGHUP)), 'signalfd');
 */
export const signalfd: RawCalls['signalfd'] = native.signalfd;

/**
 * The mask of some signals, for `signalfd`: signal n is bit n - 1.
 *
 * @param signals their numbers, 1 to 64
 * @throws TypeError, RangeError for another
 */
export function signalMask(...signals: number[]): Uint32Array {
  const words = new Uint32Array(2);
  for (const signal of signals) {
    const bit = checkInteger('signal', signal, 1, 64) - 1;
    const word = bit >> 5;
    words[word] = (words[word] as number) | (1 << (bit & 31));
  }
  return words;
}

/** A signal that was read, as struct signalfd_siginfo has it. What is not of its kind is 0. */
export interface SignalInfo {
  /** Its number. */
  readonly signo: number;
  /** Of an error, as a rule 0. */
  readonly errno: number;
  /** Where it comes from: SI_USER, SI_QUEUE, CLD_EXITED and their like. */
  readonly code: number;
  /** Who sent it. */
  readonly pid: number;
  /** Whose process that was. */
  readonly uid: number;
  /** SIGIO: which descriptor. */
  readonly fd: number;
  /** Of a timer: which. */
  readonly tid: number;
  /** SIGIO: what it is ready for, POLLIN and its like. */
  readonly band: number;
  /** Of a timer: expirations that were not told. */
  readonly overrun: number;
  /** Of a fault. */
  readonly trapno: number;
  /** SIGCHLD: its exit code, or the signal that ended it. */
  readonly status: number;
  /** What sigqueue(3) sent, as an int. */
  readonly int: number;
  /** The same, as a pointer. */
  readonly ptr: bigint;
  /** SIGCHLD: time in user mode, in clock ticks. */
  readonly utime: bigint;
  /** SIGCHLD: time in the kernel, in clock ticks. */
  readonly stime: bigint;
  /** Of a fault: where. */
  readonly addr: bigint;
}

const RECORD_BYTES = 128;

/**
 * The signals that a read of a signalfd gave.
 *
 * @param bytes what was read, or the memory that it was read into
 * @param length how many bytes of it were read; default: all
 * @throws RangeError ERR_OUT_OF_RANGE for a length that is no number of whole records
 * @example
 * const bytes = new Uint8Array(128 * 16);
 * const length = check(read(fd, bytes), 'read');
 * for (const { signo, pid } of signalInfos(bytes, length)) console.log(signo, 'from', pid);
 */
export function signalInfos(bytes: Uint8Array, length?: number): SignalInfo[] {
  const { view, end, little, cut } = recordsIn(bytes, length);
  if (end % RECORD_BYTES !== 0) throw cut('a number of whole records of 128 bytes');
  const infos: SignalInfo[] = [];
  for (let at = 0; at < end; at += RECORD_BYTES) {
    const word = (index: number) => view.getUint32(at + 4 * index, little);
    const signed = (index: number) => view.getInt32(at + 4 * index, little);
    const wide = (offset: number) => view.getBigUint64(at + offset, little);
    infos.push({
      signo: word(0),
      errno: signed(1),
      code: signed(2),
      pid: word(3),
      uid: word(4),
      fd: signed(5),
      tid: word(6),
      band: word(7),
      overrun: word(8),
      trapno: word(9),
      status: signed(10),
      int: signed(11),
      ptr: wide(48),
      utime: wide(56),
      stime: wide(64),
      addr: wide(72),
    });
  }
  return infos;
}
