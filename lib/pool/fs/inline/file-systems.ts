// On which file systems a status, an open or a write is answered from memory alone, by the number
// of the device (st_dev). A file system is asked once what it is, on a thread, as one whose server
// is gone does not answer; until it has said so its files are a thread's.
import { hostNowMs } from '../../../binding/clock.js';
import type { FileSystem } from '../values.js';

// The numbers of statfs(2): see linux/magic.h.
const XFS = 0x58465342;
const BTRFS = 0x9123683e;
const OVERLAYFS = 0x794c7630;
/**
 * What keeps the status of a file with its inode and opens it without asking anybody. Network file
 * systems and FUSE are not among them, nor procfs and its like, whose content is made by whoever
 * reads it.
 */
const LOCAL = new Set([
  XFS,
  BTRFS,
  0xef53, // ext2, ext3, ext4
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x73717368, // SquashFS
  0xe0f5e1e2, // EROFS
]);
/** What takes writes without waiting: the others refuse each. */
const WRITABLE = new Set([XFS, BTRFS]);
/** Mounted so that a write is on the device when it is done: it would be waited for. */
const ST_SYNCHRONOUS = 0x10;
/** A file system that has less room looks for some, whatever it was asked. */
const MIN_FREE_BYTES = 2 ** 30;

/** The number of a device may be another file system's after a while. */
const KNOWN_MS = 10_000;
/** In the place of a device: what is mounted at the root. */
const ROOT = -1;

interface Device {
  readonly isLocal: boolean;
  readonly isWritable: boolean;
  readonly untilMs: number;
}

type Ask = (path: string | Uint8Array) => Promise<FileSystem>;

export class FileSystems {
  readonly #devices = new Map<number, Device>();
  readonly #asked = new Set<number>();
  readonly #ask: Ask;
  readonly #nowMs: () => number;
  #local = new Float64Array(0);
  #writable = new Float64Array(0);
  /** Until then the two lists stand. */
  #listedMs = Number.POSITIVE_INFINITY;

  /**
   * @param ask statfs, on a thread
   * @param nowMs a clock
   */
  constructor(ask: Ask, nowMs: () => number = hostNowMs) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** Devices whose files may be looked at, and opened, at once. */
  get local(): Float64Array {
    if (this.#nowMs() >= this.#listedMs) this.#list();
    return this.#local;
  }

  /** Devices whose files may be written. */
  get writable(): Float64Array {
    if (this.#nowMs() >= this.#listedMs) this.#list();
    return this.#writable;
  }

  /** Whether what an absolute path leads to that stays on the mount at the root is local. */
  isRootLocal(): boolean {
    const known = this.#devices.get(ROOT);
    if (known !== undefined && this.#nowMs() < known.untilMs) return known.isLocal;
    this.learn(ROOT, '/');
    return false;
  }

  /** Has a thread ask what `device` is, by the path of what is there, where that is not known. */
  learn(device: number, path: string | Uint8Array): void {
    const known = this.#devices.get(device);
    if (this.#asked.has(device) || (known !== undefined && this.#nowMs() < known.untilMs)) return;
    this.#asked.add(device);
    const forget = () => this.#asked.delete(device);
    this.#ask(path).then((told) => {
      this.#devices.set(device, deviceOf(told, device === ROOT, this.#nowMs() + KNOWN_MS));
      this.#list();
      forget();
    }, forget);
  }

  #list(): void {
    const nowMs = this.#nowMs();
    const known = [...this.#devices].filter(([device]) => device !== ROOT);
    const fresh = known.filter(([, { untilMs }]) => nowMs < untilMs);
    const numbers = (devices: typeof known) => Float64Array.from(devices, ([device]) => device);
    this.#local = numbers(fresh.filter(([, { isLocal }]) => isLocal));
    this.#writable = numbers(fresh.filter(([, { isWritable }]) => isWritable));
    this.#listedMs = Math.min(...fresh.map(([, { untilMs }]) => untilMs));
  }
}

function deviceOf(
  { type, mounted, freeBytes }: FileSystem,
  isRoot: boolean,
  untilMs: number,
): Device {
  // A 32-bit number, which some systems tell with a sign.
  const number = type >>> 0;
  // What it lies over may be anybody's, and an open or a status is passed on. Of the root it is
  // where the program itself comes from: where that does not answer, nothing of it does.
  const isLocal = LOCAL.has(number) || (isRoot && number === OVERLAYFS);
  const isWritable =
    WRITABLE.has(number) && (mounted & ST_SYNCHRONOUS) === 0 && freeBytes >= MIN_FREE_BYTES;
  return { isLocal, isWritable, untilMs };
}
