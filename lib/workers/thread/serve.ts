// Serves jobs in their thread, one at a time. While jobs follow each other the thread takes
// them from its port by itself, without its host's loop, and sleeps in Atomics.wait when there
// are none; but only when nothing else lives in the thread. What a job has left behind, a
// timer, a socket, a promise, has the host's loop as in any program.
import { receiveMessageOnPort } from 'node:worker_threads';
import { Queue } from '../../base/queue.js';
import { clockOffsetMs, hostNowMs } from '../../binding/clock.js';
import { native } from '../../binding/index.js';
import { drainHost } from '../../loop/host.js';
import { ABORTED, FREE, GIVEN, OFFERED, RUNNING, SLEEPING, STATES } from '../layout.js';
import { DONE, END, type ThreadData, type ToThread } from '../messages.js';
import { JobContext } from './context.js';
import type { JobHandler } from './load.js';
import type { Reports } from './reports.js';

/** How long a thread looks for the next job before it sleeps: about what falling asleep costs. */
const SPIN_MS = 0.02;
/** Looks between two of the clock. */
const LOOKS = 64;
/** So often at most it sleeps at once where looking was in vain: twice as often each time. */
const MAX_SPARED = 1024;
/** Bun exports libuv's names, but its functions abort. */
const knowsHost = process.versions['bun'] === undefined && drainHost !== undefined;

interface Waiting {
  readonly place: number;
  readonly input: unknown;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { then?: unknown }).then === 'function';
}

export class JobServer {
  readonly #data: ThreadData;
  readonly #handler: JobHandler;
  readonly #reports: Reports;
  readonly #waiting = new Queue<Waiting>();
  /** This thread's clock plus this is the loop's. */
  readonly #toLoopMs: number;
  /** The job whose promise is not settled. */
  #pending: JobContext | undefined;
  #pendingPlace = -1;
  #serving = false;
  /** GIVEN when the port was last looked at. */
  #seen = 0;
  /** How often it sleeps at once, now and when looking is in vain the next time. */
  #spared = 0;
  #sparing = 1;

  constructor(data: ThreadData, handler: JobHandler, reports: Reports) {
    this.#data = data;
    this.#handler = handler;
    this.#reports = reports;
    this.#toLoopMs = clockOffsetMs() - data.clockOffsetMs;
  }

  /** From here on jobs are taken; by the host's loop at first. */
  begin(): void {
    this.#data.port.on('message', (message: ToThread) => {
      this.#take(message);
      this.#serve();
    });
    // Not in a promise's callback, where the queue of microtasks cannot be started again.
    setImmediate(() => this.#serve());
  }

  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    do {
      this.#receive();
      while (this.#pending === undefined) {
        const job = this.#waiting.shift();
        if (job === undefined) break;
        this.#begin(job);
      }
    } while (this.#pending === undefined && this.#waits());
    this.#serving = false;
  }

  /** Takes all that has come. */
  #receive(): void {
    const { port, words } = this.#data;
    this.#seen = Atomics.load(words, GIVEN);
    for (;;) {
      const received = receiveMessageOnPort(port) as { message: ToThread } | undefined;
      if (received === undefined) return;
      this.#take(received.message);
    }
  }

  #take(message: ToThread): void {
    if (message === END) process.exit();
    if (typeof message === 'number') {
      if (message === this.#pendingPlace) this.#pending?.tellAborted();
      return;
    }
    for (let i = 0; i < message.length; i += 2) {
      this.#waiting.push({ place: message[i] as number, input: message[i + 1] });
    }
  }

  #begin({ place, input }: Waiting): void {
    const { words } = this.#data;
    if (Atomics.compareExchange(words, STATES + place, OFFERED, RUNNING) !== OFFERED) {
      Atomics.store(words, STATES + place, FREE);
      return;
    }
    // What an abort of an earlier job has left.
    Atomics.store(words, ABORTED, 0);
    const context = new JobContext(words, place);
    const beginMs = hostNowMs();
    try {
      const value = this.#handler(input, context);
      if (!isThenable(value)) this.#done(place, context, value, beginMs);
      else this.#wait(place, context, value, beginMs);
    } catch (error) {
      this.#threw(place, error, beginMs);
    }
  }

  /** Waits for the promise of a job; one that is settled already takes no turn of the host's. */
  #wait(place: number, context: JobContext, value: PromiseLike<unknown>, beginMs: number): void {
    this.#pending = context;
    this.#pendingPlace = place;
    const settled = (tell: () => void) => {
      this.#pending = undefined;
      this.#pendingPlace = -1;
      tell();
      if (!this.#serving) setImmediate(() => this.#serve());
    };
    Promise.resolve(value).then(
      (result) => settled(() => this.#done(place, context, result, beginMs)),
      (error: unknown) => settled(() => this.#threw(place, error, beginMs)),
    );
    drainHost?.();
  }

  #done(place: number, context: JobContext, value: unknown, beginMs: number): void {
    const runMs = hostNowMs() - beginMs;
    const beganMs = beginMs + this.#toLoopMs;
    if (this.#reports.answer(place, value, beganMs, runMs)) return;
    this.#over(place);
    try {
      this.#reports.tell([place, DONE, value, beganMs, runMs], context.transferred);
    } catch (error) {
      this.#reports.tellNotCloned(place, error, beganMs, runMs);
    }
  }

  #threw(place: number, error: unknown, beginMs: number): void {
    const runMs = hostNowMs() - beginMs;
    this.#over(place);
    this.#reports.tellError(place, error, beginMs + this.#toLoopMs, runMs);
  }

  /** Before its report, with which the loop may use the place again. */
  #over(place: number): void {
    Atomics.store(this.#data.words, STATES + place, FREE);
  }

  /**
   * Looks for the next message for a moment; true: there is one. Where the loop is on the same
   * processor this only holds it up, so that it is done as seldom as it is of no use.
   */
  #looks(): boolean {
    if (this.#spared > 0) {
      this.#spared--;
      return false;
    }
    const { words } = this.#data;
    const endMs = hostNowMs() + SPIN_MS;
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (Atomics.load(words, GIVEN) === this.#seen) continue;
        this.#sparing = 1;
        return true;
      }
    } while (hostNowMs() < endMs);
    this.#sparing = Math.min(2 * this.#sparing, MAX_SPARED);
    this.#spared = this.#sparing;
    return false;
  }

  /** Waits for the next message. False: the host's loop has to go on, and will tell of it. */
  #waits(): boolean {
    drainHost?.();
    const { port, words } = this.#data;
    if (this.#looks()) return true;
    if (!knowsHost) return false;
    port.unref();
    const isAlone = native.hostAlive() === 0;
    port.ref();
    if (!isAlone) return false;
    Atomics.store(words, SLEEPING, 1);
    Atomics.wait(words, GIVEN, this.#seen);
    Atomics.store(words, SLEEPING, 0);
    return true;
  }
}
