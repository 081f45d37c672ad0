// The descriptors of npm epoll's API on one thread: one epoll instance, as there, which the
// host's loop waits for by itself, as the poller of a loop in guest mode. Events are taken from
// the kernel one at a time, and told before the next is asked for: so each is true when it is
// told, also where the callback before it read that descriptor. See epoll(7).
import { native } from '../../binding/index.js';
import { withoutContext } from '../../loop/async-context.js';
import { Guest } from '../../loop/guest/guest.js';
import { Pace } from '../../loop/guest/pace.js';
import { drainHost, tellHost } from '../../loop/host.js';
import { refuseForked } from '../../poller/index.js';
import { constants } from '../../raw/constants.js';

// Not `constant`: where there is no epoll the file is loaded all the same.
const { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 } = constants;
const { EPOLLONESHOT = 0, EPOLLET = 0 } = constants;
const EBADF = -(constants['EBADF'] as number);
/** Nobody needs to know. */
const MAY_PASS = new Set(['EINTR', 'ENOMEM'].map((name) => -(constants[name] as number)));
/** At most so many events before the host's own work has its turn. */
const MAX_AT_ONCE = 32;
/** One that holds on is told so often in a turn, where they come fast. bench: `watch` */
const MAX_TOLD = 4;
/** Above the number of the descriptor in the 53 bits that come back with an event. */
const MAX_GENERATION = 2 ** 21;

/** Who hears of an event; or, with events 0, of a wait that the kernel refused: its -errno. */
export type Listener = (events: number, error: number) => void;

interface Member {
  readonly listener: Listener;
  events: number;
  /** Which of the registrations under this number it is. */
  readonly generation: number;
  /** The turn in which it was last told, and how often then. */
  toldIn: number;
  told: number;
}

class EpollSet {
  readonly #members = new Map<number, Member>();
  readonly #record = new Uint32Array(3);
  #epfd = -1;
  #guest: Guest | undefined;
  readonly #pace = new Pace();
  #generations = 0;
  #turns = 0;

  /** 0 or -errno. */
  add(fd: number, events: number, listener: Listener): number {
    refuseForked();
    const opened = this.#open();
    if (opened < 0) return opened;
    const generation = this.#generations++ % MAX_GENERATION;
    const result = this.#control(EPOLL_CTL_ADD, fd, events, generation);
    if (result < 0) return result;
    // One that is there already was of a file that has been closed since: the kernel took this.
    this.#members.set(fd, { listener, events, generation, toldIn: 0, told: 0 });
    this.#guest?.ref();
    return 0;
  }

  /** 0 or -errno. */
  modify(fd: number, events: number): number {
    if (this.#epfd < 0) return EBADF;
    const member = this.#members.get(fd);
    const result = this.#control(EPOLL_CTL_MOD, fd, events, member?.generation ?? 0);
    if (result === 0 && member !== undefined) member.events = events;
    return result;
  }

  /** 0 or -errno; the descriptor is forgotten in either case. */
  remove(fd: number): number {
    if (this.#epfd < 0) return EBADF;
    const result = fd < 0 ? EBADF : native.epoll_ctl(this.#epfd, EPOLL_CTL_DEL, fd);
    if (this.#members.delete(fd) && this.#members.size === 0) this.#guest?.unref();
    return result;
  }

  /** Whether the registration under this number is this listener's. */
  isOf(fd: number, listener: Listener): boolean {
    return this.#members.get(fd)?.listener === listener;
  }

  #control(op: number, fd: number, events: number, generation: number): number {
    if (fd < 0) return EBADF;
    return native.epoll_ctl(this.#epfd, op, fd, events, generation * 2 ** 32 + fd);
  }

  #open(): number {
    if (this.#epfd >= 0) return 0;
    const fd = native.epoll_create1();
    if (fd < 0) return fd;
    try {
      this.#guest = withoutContext(() => new Guest(fd, () => this.#turn()));
      if (this.#members.size === 0) this.#guest.unref();
    } catch (error) {
      native.close(fd);
      throw error;
    }
    this.#epfd = fd;
    return 0;
  }

  /**
   * The host found that there are events. A turn of the host costs as much as several of them:
   * where asking once more has paid off lately, it does so again.
   */
  #turn(): void {
    const turn = ++this.#turns;
    this.#pace.begin(0);
    for (let asked = 1; ; asked++) {
      const count = native.epoll_wait(this.#epfd, this.#record, 1, 0);
      if (count < 0) this.#refused(count);
      const goesOn = this.#pace.goesOn(Math.max(count, 0), 0);
      if (count !== 1 || !this.#tell(turn)) return;
      if (!goesOn || asked >= this.#mostAtOnce || drainHost === undefined) return;
      drainHost();
    }
  }

  get #mostAtOnce(): number {
    return Math.min(MAX_AT_ONCE, MAX_TOLD * this.#members.size);
  }

  /** False: no further one in this turn. */
  #tell(turn: number): boolean {
    const record = this.#record;
    const member = this.#members.get(record[1] as number);
    if (member === undefined || member.generation !== record[2]) {
      this.#rebuild();
      return false;
    }
    // Who reads it a little later is not to be called again and again meanwhile.
    const holdsOn = (member.events & (EPOLLET | EPOLLONESHOT)) === 0;
    if (member.toldIn !== turn) member.told = 0;
    if (holdsOn && member.told === MAX_TOLD) return false;
    member.toldIn = turn;
    member.told++;
    try {
      member.listener(record[0] as number, 0);
      return true;
    } catch (error) {
      tellHost(error);
      this.#guest?.yield();
      return false;
    }
  }

  /** Asked again after a rest, a longer one each time. Everybody waited, so everybody is told. */
  #refused(errno: number): void {
    this.#guest?.rest();
    if (MAY_PASS.has(errno)) return;
    for (const { listener } of [...this.#members.values()]) {
      try {
        listener(0, errno);
      } catch (error) {
        tellHost(error);
      }
    }
  }

  /**
   * The file of a descriptor that was closed is open by a duplicate, and cannot be taken out of
   * the set any more: a new set has only what is known.
   */
  #rebuild(): void {
    const [oldFd, oldGuest] = [this.#epfd, this.#guest];
    this.#epfd = -1;
    if (this.#open() < 0) {
      this.#epfd = oldFd;
      oldGuest?.rest();
      return;
    }
    oldGuest?.close();
    native.close(oldFd);
    for (const [fd, { events, generation }] of this.#members) {
      const result = this.#control(EPOLL_CTL_ADD, fd, events, generation);
      if (result < 0) this.#members.delete(fd);
    }
    if (this.#members.size === 0) this.#guest?.unref();
  }
}

/** That of this thread: each Worker loads the package anew. */
export const set = new EpollSet();
