// The other side of a pty, which programs have for a terminal. The master hangs up as soon as nobody
// has it open, so it is kept open here
//
// - until the first program was started on it, however long that takes;
// - while a program runs that has it for its terminal and under none of its descriptors: it may open
//   /dev/tty yet, as who asks for a password does.
//
// After that it is the programs': once the last of them has closed it the master ends. See pty(7).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed } from '../loop/errors.js';
import type { BothSides } from './open.js';
import { openSlave } from './open.js';

export class Slave {
  readonly path: string;
  readonly #owner: HandleLoop['holdings']['owner'];
  readonly #master: number;
  /** -1: not open here. */
  #fd: number;
  /** Who keeps it open here; of these one is that no program was started yet. */
  #holders = 1;
  #isNew = true;
  #isClosed = false;

  /** The slave's descriptor is its own from here on. */
  constructor(loop: HandleLoop, { master, slave, path }: BothSides) {
    this.#owner = loop.holdings.owner;
    this.#master = master;
    this.#fd = slave;
    this.path = path;
    this.#owner.own(slave);
  }

  /** The descriptor, -1: it is not open here. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Opens it, unless it is open, and keeps it so until `letGo`. Returns its descriptor.
   *
   * @throws Error ERR_HANDLE_CLOSED; SystemError EMFILE, ENFILE
   */
  hold(): number {
    if (this.#isClosed) throw handleClosed('Pty');
    if (this.#fd < 0) {
      this.#fd = openSlave(this.#master, this.path);
      this.#owner.own(this.#fd);
    }
    this.#holders++;
    return this.#fd;
  }

  /** Once for each `hold`. */
  letGo(): void {
    if (--this.#holders === 0) this.#close();
  }

  /** A program has it. */
  begun(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    this.letGo();
  }

  /** The pty has closed. */
  close(): void {
    this.#isClosed = true;
    this.#close();
  }

  #close(): void {
    const fd = this.#fd;
    if (fd < 0) return;
    this.#fd = -1;
    // Who closed the number behind our back has had it closed.
    const isOurs = this.#owner.stillOwns(fd);
    this.#owner.disown(fd);
    if (isOurs) native.close(fd);
  }
}

const slaves = new WeakMap<object, Slave>();

/** `pty` is one, with this other side. */
export function setSlave(pty: object, slave: Slave): void {
  slaves.set(pty, slave);
}

/** That of a pty of this package; undefined for anything else. */
export function slaveOf(pty: object): Slave | undefined {
  return slaves.get(pty);
}
