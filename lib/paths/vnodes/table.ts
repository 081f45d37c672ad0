// All files and folders that are open to be watched in one loop, each once, found again by what it is.
import { native } from '../../binding/index.js';
import { constant } from '../../raw/constants.js';
import type { SystemError } from '../../raw/errors.js';
import { How, openPath, Vnode, type VnodeOwner } from './vnode.js';

const ENOSPC = -constant('ENOSPC');
const FULL: ReadonlySet<number> = new Set([-constant('EMFILE'), -constant('ENFILE'), ENOSPC]);

export class VnodeTable {
  /** How many there may be: the rest is for what else the process does. */
  readonly most = Math.floor(native.descriptorLimit() / 2);
  readonly #owner: VnodeOwner;
  readonly #byNumber = new Map<number, Vnode>();
  readonly #byKey = new Map<string, Vnode>();
  #last = 0;

  constructor(owner: VnodeOwner) {
    this.#owner = owner;
  }

  get(number: number): Vnode | undefined {
    return this.#byNumber.get(number);
  }

  /**
   * What is at `path`, which begins at the folder that is open at `at` (-1: none), opened in one of
   * the ways of How; or -errno, ENOSPC where no more can be open.
   */
  open(at: number, path: string, how: number): Vnode | number {
    const opening = openPath(at, path, how);
    if (opening.fd < 0) return FULL.has(opening.fd) ? ENOSPC : opening.fd;
    const known = this.#byKey.get(opening.key);
    if (known !== undefined || this.#byKey.size >= this.most) {
      native.close(opening.fd);
      return known ?? ENOSPC;
    }
    try {
      const vnode = new Vnode(this.#owner, ++this.#last, opening);
      this.#byKey.set(vnode.key, vnode);
      this.#byNumber.set(vnode.number, vnode);
      return vnode;
    } catch (error) {
      const { errno } = error as SystemError;
      return FULL.has(errno) ? ENOSPC : errno;
    }
  }

  /** Whether `path` leads to the folder with this number; links are followed. */
  isAt(number: number, path: string): boolean {
    const { fd, key } = openPath(-1, path, How.FOLLOW | How.ONLY_FOLDERS);
    if (fd >= 0) native.close(fd);
    return fd >= 0 && this.#byKey.get(key)?.number === number;
  }

  /** Closes it if nobody needs it. */
  letGo(vnode: Vnode): void {
    if (!vnode.isIdle || !this.#byNumber.delete(vnode.number)) return;
    this.#byKey.delete(vnode.key);
    vnode.close();
  }

  close(): void {
    const all = [...this.#byNumber.values()];
    this.#byNumber.clear();
    this.#byKey.clear();
    for (const vnode of all) vnode.close();
  }
}
