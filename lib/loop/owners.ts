// Who has a handle that owns a descriptor, a loop or an open file: a number for each descriptor of
// this thread, as owners are several and the kernel's numbers are not. The addon knows what belongs
// to the thread; this says to whom in it, so that one descriptor has one handle that closes
// it, and a number that others closed and that is another owner's by now is not closed twice.
import { native } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';

/** What `native.ownership` says. */
const NOT_OURS = 0;
const HELD = 2;

const EBUSY = -constant('EBUSY');

/** By descriptor: the number of its owner, 0: nobody. */
let owners = new Float64Array(64);
let last = 0;

/** The descriptors of one loop's handles, or that of one open file. It does not lead to either. */
export class Owner {
  readonly #id = ++last;

  /** It owns `fd` from here on, whoever did before. */
  own(fd: number): void {
    if (fd >= owners.length) {
      const larger = new Float64Array(fd * 2);
      larger.set(owners);
      owners = larger;
    }
    owners[fd] = this.#id;
    native.hold(fd, true);
  }

  /** Its handle gives it to the program, which is free to have another take it. */
  giveUp(fd: number): void {
    this.disown(fd);
    native.hold(fd, false);
  }

  /** Nobody does, as it was closed. */
  disown(fd: number): void {
    if (this.owns(fd)) owners[fd] = 0;
  }

  owns(fd: number): boolean {
    return owners[fd] === this.#id;
  }

  /** The same, where others may have closed it, and opened something with its number. */
  stillOwns(fd: number): boolean {
    return this.owns(fd) && native.ownership(fd) === HELD;
  }

  /** All that it owns. */
  *[Symbol.iterator](): Generator<number> {
    for (let fd = 0; fd < owners.length; fd++) if (this.owns(fd)) yield fd;
  }

  /**
   * Takes a descriptor that was opened elsewhere for the handle of this loop that `make`
   * makes. When that throws it is whose it was.
   *
   * @throws SystemError EEXIST (another handle of this loop owns it), EBUSY (one of another
   *   loop, a FileHandle, or another thread does), EBADF, ENOMEM
   */
  adopt<T>(fd: number, make: () => T): T {
    // Where the number is another file's by now, who owned it has lost it already.
    const before = native.ownership(fd);
    if (before === HELD) {
      const [errno, whose, also] = this.owns(fd)
        ? ['EEXIST', 'this', '']
        : ['EBUSY', 'another', '. A FileHandle that has it keeps it'];
      const hint = `A handle of ${whose} loop owns it: take it from there by detach()${also}`;
      throw new SystemError(-constant(errno), 'adopt', undefined, hint);
    }
    const adopted = native.adopt(fd);
    if (adopted === EBUSY) {
      const hint = 'Another thread owns it: release(fd) of rawloop/raw gives it away there';
      throw new SystemError(EBUSY, 'adopt', undefined, hint);
    }
    check(adopted, 'adopt');
    try {
      return make();
    } catch (error) {
      if (before === NOT_OURS) native.release(fd);
      throw error;
    }
  }
}
