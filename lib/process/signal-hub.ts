// All signals of one loop, or all real-time ones: one descriptor, watched while there is a signal handle, and
// each signal that came told to every handle that watched it then, in the order of their
// opening. It does not hold the loop; what came and is yet to be told does.

import { Queue } from '../base/queue.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import type { Timer } from '../loop/time/timer.js';
import { Interest } from '../poller/interest.js';
import { isRealtime, RealtimePort, type SignalInfo } from './realtime-port.js';
import { SignalPort } from './signal-port.js';

/** Callbacks of one turn; the rest comes in the next, so that others get theirs. */
const TURN_CALLBACKS = 32;

/** One for those that the host's dispatcher tells, and one for those that have a value. */
interface Hubs {
  usual?: SignalHub;
  realtime?: SignalHub;
}

const hubs = new WeakMap<HandleLoop, Hubs>();

/** A signal's handle, as the hub knows it. */
interface Watching extends Handle {
  readonly signal: string;
  readonly number: number;
  /** The signal came. */
  tell(info: SignalInfo | undefined): void;
}

/** Never changed, but replaced: a signal that came is told to those of its time. */
type Watchers = readonly Watching[];

/** A signal that came, and whom to tell. */
interface Came {
  readonly watchers: Watchers;
  readonly info: SignalInfo | undefined;
}

const NOBODY: Came = { watchers: [], info: undefined };

export class SignalHub extends Handle {
  readonly #port: SignalPort | RealtimePort;
  /** By the signal's number. */
  readonly #watchers = new Map<number, Watchers>();
  /** Those to tell, for each signal that came. */
  readonly #came = new Queue<Came>();
  /** Of the signal that is being told: [at, length) are yet to be called. */
  #telling = NOBODY;
  #at = 0;
  #deferred = false;
  #renewal: Timer | undefined;

  /**
   * The one of `loop` for this signal, opened if need be.
   *
   * @throws SystemError; Error ERR_LOOP_CLOSED
   */
  static of(loop: HandleLoop, signal: number): SignalHub {
    const known = hubs.get(loop) ?? {};
    hubs.set(loop, known);
    const kind = isRealtime(signal) ? 'realtime' : 'usual';
    let hub = known[kind];
    if (hub?.active !== true) {
      hub = new SignalHub(loop, kind);
      known[kind] = hub;
      loop.lastLook = () => {
        known.usual?.lookOnce();
        known.realtime?.lookOnce();
      };
    }
    return hub;
  }

  override get kind(): string {
    return 'SignalHub';
  }

  private constructor(loop: HandleLoop, kind: keyof Hubs) {
    super(loop);
    if (loop.closed) throw loopClosed();
    this.unref();
    this.#port = kind === 'realtime' ? new RealtimePort() : new SignalPort();
    try {
      this.start(this.#port.fd, Interest.READ);
    } catch (error) {
      this.#port.release();
      throw error;
    }
    loop.holdings.add(this.#port);
    const { renewMs } = this.#port;
    if (renewMs !== undefined) {
      this.#renewal = loop.setInterval(() => this.#port.renewAll(), renewMs).unref();
    }
  }

  /** @throws SystemError EINVAL, EMFILE, ENOMEM */
  add(handle: Watching): void {
    const { number, signal } = handle;
    const watchers = this.#watchers.get(number);
    try {
      if (watchers === undefined) this.#port.watch(signal, number);
      else this.#look();
    } catch (error) {
      if (this.#watchers.size === 0) this.close();
      throw error;
    }
    this.#watchers.set(number, [...(watchers ?? []), handle]);
    if (watchers === undefined) this.#look();
  }

  remove(handle: Watching): void {
    if (!this.active) return;
    const { number } = handle;
    const left = (this.#watchers.get(number) ?? []).filter((other) => other !== handle);
    if (left.length > 0) {
      this.#watchers.set(number, left);
      return;
    }
    this.#watchers.delete(number);
    if (this.#watchers.size === 0) {
      this.close();
      return;
    }
    this.#port.unwatch(number);
    this.#look();
  }

  onReady(): void {
    this.#collect();
    this.#tell();
  }

  /** It hears nothing any more: all are told so, each in a callback of its own. */
  override onFailed(error: Error): void {
    for (const handle of [...this.#watchers.values()].flat()) handle.refuse(error);
  }

  onClosed(): void {}

  /** Ends every watch at once; the handles close on their own. */
  close(): void {
    if (!this.active) return;
    this.stop();
    this.loop.clearInterval(this.#renewal);
    this.loop.holdings.drop(this.#port);
    this.#port.release();
  }

  override describe(): string {
    return 'Signals read';
  }

  #collect(): void {
    this.#port.take((number, info?: SignalInfo) => {
      const watchers = this.#watchers.get(number);
      if (watchers !== undefined) this.#came.push({ watchers, info });
    });
  }

  /** Before the loop ends: what came is yet to be told. */
  lookOnce(): void {
    if (this.active) this.#look();
  }

  /** Outside its callback: libuv is told what is watched, and what it found is kept. */
  #look(): void {
    this.#collect();
    this.#tellLater();
  }

  #tell(): void {
    const { loop } = this;
    try {
      for (let left = TURN_CALLBACKS; left > 0; left--) {
        const handle = this.#next();
        if (handle === undefined) return;
        loop.counters.reported(handle.slot);
        loop.meter.begins('poll', handle);
        const { info } = this.#telling;
        handle.enter(() => handle.tell(info));
        loop.betweenCallbacks(handle);
      }
    } finally {
      this.#tellLater();
    }
  }

  #next(): Watching | undefined {
    for (;;) {
      const { watchers } = this.#telling;
      while (this.#at < watchers.length) {
        const handle = watchers[this.#at++] as Watching;
        if (handle.active) return handle;
      }
      const came = this.#came.shift();
      if (came === undefined) return undefined;
      this.#telling = came;
      this.#at = 0;
    }
  }

  #tellLater(): void {
    if (this.#deferred || (this.#at >= this.#telling.watchers.length && this.#came.size === 0))
      return;
    this.#deferred = true;
    this.loop.defer(() => {
      this.#deferred = false;
      this.#tell();
    }, this);
  }
}
