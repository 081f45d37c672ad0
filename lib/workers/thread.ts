// A thread for JavaScript jobs as the loop sees it: the host's Worker, a port, and the words
// that both sides share. It is told of by nothing but the handle's waker, so that it works
// while the host's own loop stands still.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  type ResourceLimits,
  receiveMessageOnPort,
  type Transferable,
  Worker,
} from 'node:worker_threads';
import { codedError } from '../base/errors.js';
import { clockOffsetMs } from '../binding/clock.js';
import { here } from '../binding/here.js';
import { type SharedWaker, wake } from '../poller/index.js';
import type { Job } from './job.js';
import {
  ABORTED,
  ANSWER,
  ANSWERED,
  ANSWERS,
  BEGUN,
  ENDED,
  GIVEN,
  PLACES,
  SLEEPING,
  THREAD_WORDS,
} from './layout.js';
import { DONE, END, READY, type Report, type ThreadData } from './messages.js';
import type { Settings } from './options.js';
import { Places } from './places.js';

/** What the threads run: also where a program runs from the sources. */
const FILE = 'dist/chunks/worker-thread.cjs';
/** So much work is given ahead, by the time that the thread's jobs have taken. */
const AHEAD_MS = 0.5;
/** The share of the latest job in the average. */
const LATEST = 0.125;

/** What the host's own loop tells, whenever it has its turn; it leads to no loop of ours. */
interface HostTold {
  ended: boolean;
  error: unknown;
}

/** How it is ended, whatever it is doing. It leads neither to jobs nor to the loop. */
export class ThreadEnd {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #words: Int32Array;
  readonly #isGentle: boolean;

  constructor(worker: Worker, port: MessagePort, words: Int32Array, isGentle: boolean) {
    this.#worker = worker;
    this.#port = port;
    this.#words = words;
    this.#isGentle = isGentle;
  }

  /** The host joins the thread when it has its turn. Idempotent. */
  end(): void {
    if (this.#isGentle) tell(this.#port, this.#words, END, []);
    else void this.#worker.terminate();
    this.#port.close();
  }
}

export class JobThread {
  /** Counts from 1; what it is called in traces. */
  readonly number: number;
  readonly words = new Int32Array(new SharedArrayBuffer(4 * THREAD_WORDS));
  readonly #answers = new Float64Array(new SharedArrayBuffer(8 * ANSWER * PLACES));
  readonly ending: ThreadEnd;
  /** Its file is loaded. */
  isReady = false;
  /** An error in it that nobody caught. */
  uncaught: { error: unknown } | undefined;
  readonly #port: MessagePort;
  readonly #host: HostTold = { ended: false, error: undefined };
  /** What it was given and has not answered. */
  readonly places = new Places(this.words, (place) => {
    Atomics.store(this.words, ABORTED, place + 1);
    this.#post(place, []);
  });
  #averageMs = Number.POSITIVE_INFINITY;

  /** @throws what `new Worker` throws; DataCloneError for `workerData` */
  constructor(number: number, settings: Settings, told: Int32Array, waker: SharedWaker) {
    this.number = number;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const { file, code, workerData } = settings;
    const data: ThreadData = {
      port: port2,
      words: this.words,
      answers: this.#answers,
      told,
      waker: { fd: waker.fd, state: waker.state },
      clockOffsetMs: clockOffsetMs(),
      file,
      code,
      workerData,
    };
    const { env, argv, resourceLimits, name } = settings;
    let worker: Worker;
    try {
      worker = new Worker(threadFile(), {
        workerData: data,
        transferList: [port2],
        name: `${name} ${number}`,
        ...(env === undefined ? {} : { env: env as NodeJS.Dict<string> }),
        ...(argv === undefined ? {} : { argv }),
        ...(resourceLimits === undefined
          ? {}
          : { resourceLimits: resourceLimits as ResourceLimits }),
      });
    } catch (error) {
      port1.close();
      throw error;
    }
    this.ending = new ThreadEnd(worker, port1, this.words, settings.isGentle);
    listen(worker, this.#host, waker);
  }

  /** Its environment is gone, and nothing more will come than what is in the port. */
  get hasEnded(): boolean {
    return this.#host.ended || Atomics.load(this.words, ENDED) === 1;
  }

  /** Whether it runs code of ours: before that only the host tells of its end. */
  get hasBegun(): boolean {
    return Atomics.load(this.words, BEGUN) === 1;
  }

  /** What the host says of its end, if it has said it. */
  get hostError(): unknown {
    return this.#host.error;
  }

  /** Nothing was given to it that is not over. */
  get isIdle(): boolean {
    return this.isReady && this.places.size === 0 && !this.places.isHeld;
  }

  /** How many jobs more it should have, as fast as it was so far. */
  get room(): number {
    const { size, isHeld } = this.places;
    if (!this.isReady || isHeld) return 0;
    const ahead = Math.max(1, Math.min(PLACES, Math.floor(AHEAD_MS / this.#averageMs)));
    // It is given the next ones when half of them are done.
    return size > ahead / 2 ? 0 : Math.min(ahead - size, this.places.room);
  }

  /**
   * Gives it jobs, of which it does one at a time. What is copied may have getters, which call
   * whatever they like: a job may be aborted in here, and the thread be ended.
   *
   * @param failed called with each whose input cannot be copied
   */
  give(jobs: readonly Job[], failed: (job: Job, error: unknown) => void): void {
    const message: unknown[] = [];
    // Not pushed by `...`: what a program moves may be more than a call takes arguments.
    const transfer = jobs.flatMap((job) => job.transfer ?? []);
    for (const job of jobs) message.push(this.places.take(job), job.input);
    try {
      this.#post(message, transfer);
    } catch (error) {
      for (let i = 0; i < message.length; i += 2) this.places.leave(message[i] as number);
      const left = jobs.filter(({ isOver }) => !isOver);
      if (jobs.length > 1) for (const job of left) this.give([job], failed);
      else for (const job of left) failed(job, error);
    }
  }

  /** The next that it has told, with the job that it is about, unless nobody waits for that. */
  receive(): { report: Report; job: Job | undefined } | undefined {
    const report = this.#answer() ?? this.#message();
    if (report === undefined) return undefined;
    const [place, , , , runMs] = report;
    if (place === READY) this.isReady = true;
    if (place < 0) return { report, job: undefined };
    const job = this.places.answered(place);
    const isFirst = this.#averageMs === Number.POSITIVE_INFINITY;
    this.#averageMs = isFirst ? runMs : this.#averageMs + (runMs - this.#averageMs) * LATEST;
    return { report, job };
  }

  #answer(): Report | undefined {
    const found = this.places.nextAnswered();
    if (found === undefined) return undefined;
    const { place, state } = found;
    const at = place * ANSWER;
    const answers = this.#answers;
    const value = state === ANSWERED ? answers[at] : ANSWERS[state - ANSWERED];
    return [place, DONE, value, answers[at + 1] as number, answers[at + 2] as number];
  }

  #message(): Report | undefined {
    const received = receiveMessageOnPort(this.#port) as { message: Report } | undefined;
    return received?.message;
  }

  #post(message: unknown, transfer: readonly object[]): void {
    tell(this.#port, this.words, message, transfer);
  }
}

/** Posts a message, and wakes the thread if it sleeps. */
function tell(
  port: MessagePort,
  words: Int32Array,
  message: unknown,
  transfer: readonly object[],
): void {
  port.postMessage(message, transfer as Transferable[]);
  Atomics.add(words, GIVEN, 1);
  if (Atomics.load(words, SLEEPING) === 1) Atomics.notify(words, GIVEN, 1);
}

/** The host's own loop tells as well, where it has its turns. */
function listen(worker: Worker, host: HostTold, waker: SharedWaker): void {
  worker.unref();
  // Without a listener the host would throw what the thread threw.
  worker.on('error', (error) => {
    host.error = error;
  });
  worker.on('exit', () => {
    host.ended = true;
    wake(waker);
  });
}

/**
 * Where the file is that threads run: in the package. A bundle has no such file: a copy of the
 * package lies beside it, or beside the program where that is told apart.
 *
 * @throws Error ERR_RAWLOOP_WORKER_FILE when it is not where it should be
 */
function threadFile(): string {
  const [, program = process.execPath] = process.argv;
  const candidates = [
    join(here, '../..', FILE),
    join(here, 'rawloop', FILE),
    join(dirname(program), 'rawloop', FILE),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw codedError(
    Error,
    'ERR_RAWLOOP_WORKER_FILE',
    `the file that threads of JavaScript run is nowhere of ${candidates.join(', ')}. In a source ` +
      'checkout: npm run build. Beside a bundle: cp -r node_modules/rawloop FOLDER_OF_THE_BUNDLE. ' +
      'docs/bundling.md of the package tells more.',
  );
}
