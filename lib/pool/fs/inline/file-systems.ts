// On which file systems a status and an open are answered from memory alone, by the number of the
// device (st_dev). A file system is asked once what it is, on a thread, as one whose server is gone
// does not answer; until it has said so its files are a thread's. And what refuses again and again
// is remembered.
import { hostNowMs } from '../../../binding/clock.js';

/**
 * The numbers of statfs(2) of what keeps the status of a file with its inode and opens it without
 * asking anybody. Network file systems and FUSE are not among them, nor procfs and its like, whose
 * content is made by whoever reads it. See linux/magic.h.
 */
const LOCAL = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // btrfs
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs: as local as what it lies over
  0x73717368, // SquashFS
  0xe0f5e1e2, // EROFS
]);

/** The number of a device may be another file system's after a while. */
const KNOWN_MS = 10_000;
/** Refusals in a row after which a device is left alone, but for one try in so many. */
const MANY_REFUSALS = 16;
const ONE_IN = 64;

/** In the place of a device: what is mounted at the root. */
const ROOT = -1;

interface Device {
  isLocal: boolean;
  untilMs: number;
  refusals: number;
}

export class FileSystems {
  readonly #devices = new Map<number, Device>();
  readonly #asked = new Set<number>();
  readonly #ask: (path: string | Uint8Array) => Promise<{ type: number }>;

  /** @param ask statfs, on a thread */
  constructor(ask: (path: string | Uint8Array) => Promise<{ type: number }>) {
    this.#ask = ask;
  }

  /**
   * Whether what is on `device` may be believed and opened at once. Where that is not known, or no
   * longer, no; and it is asked for, by the path of what is there.
   */
  isLocal(device: number, path: string | Uint8Array | undefined): boolean {
    const known = this.#devices.get(device);
    if (known !== undefined && hostNowMs() < known.untilMs) return known.isLocal;
    if (path !== undefined) this.#learn(device, path);
    return false;
  }

  /** The same of what an absolute path leads to that stays on the mount at the root. */
  isRootLocal(): boolean {
    return this.isLocal(ROOT, '/');
  }

  /** Whether to try to read what is on `device`. */
  reads(device: number): boolean {
    const known = this.#devices.get(device);
    if (known === undefined || known.refusals < MANY_REFUSALS) return true;
    return ++known.refusals % ONE_IN === 0;
  }

  /** A read of what is on `device` was answered at once, or refused. */
  told(device: number, isRefused: boolean): void {
    const known = this.#devices.get(device);
    if (known !== undefined) known.refusals = isRefused ? known.refusals + 1 : 0;
  }

  #learn(device: number, path: string | Uint8Array): void {
    if (this.#asked.has(device)) return;
    this.#asked.add(device);
    const forget = () => this.#asked.delete(device);
    this.#ask(path).then(({ type }) => {
      const refusals = this.#devices.get(device)?.refusals ?? 0;
      // A 32-bit number, which some systems tell with a sign.
      const isLocal = LOCAL.has(type >>> 0);
      this.#devices.set(device, { isLocal, untilMs: hostNowMs() + KNOWN_MS, refusals });
      forget();
    }, forget);
  }
}
