// One round: a workload is run once, while one of its calls fails, and everything that
// must come is written down: units that end, errors that are told, callbacks of closing.
// judge.mjs says what follows from it.
import { receiveMessageOnPort } from 'node:worker_threads';

/** How often a program asks again for what was refused it, before it does without. */
const ATTEMPTS = 3;

/** Why a connection is not whole that ended without an error. */
export const CUT_SHORT = 'a clean end too early';

/** Something that must come to its end: a connection, a pipe, a timer, a request. */
class Unit {
  constructor(round, name) {
    this.round = round;
    this.name = name;
    /** 'open', 'whole' or 'failed'. */
    this.state = 'open';
  }

  #end(state, why) {
    if (this.state !== 'open') this.round.faults.push(`${this.name} ended twice`);
    this.state = state;
    this.why = why;
    this.round.advance();
    this.round.look();
  }

  done() {
    this.#end('whole');
  }

  failed(why) {
    this.#end('failed', why);
  }

  end(whole, why) {
    if (whole) this.done();
    else this.failed(why);
  }
}

export class Round {
  units = [];
  /** Errors that were told: to a handler, by a throw or by a rejection. */
  told = [];
  /** What no program should see: a callback too many, an error that is none of ours. */
  faults = [];
  /** Something that serves many has failed and said so: then many may fail with it. */
  broad = false;
  limited = false;
  spinning = 0;
  #opened = new Map();
  #finish;
  #finished = false;
  #over;

  constructor({ mode, point, parts }) {
    this.mode = mode;
    this.point = point;
    Object.assign(this, parts);
    this.over = new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  advance() {
    Atomics.add(this.progress, 0, 1);
  }

  unit(name) {
    const unit = new Unit(this, name);
    this.units.push(unit);
    return unit;
  }

  /** An error reached the program. Undefined: there was none. */
  tell(error) {
    if (error === undefined || error === null) return;
    this.told.push(error);
  }

  /** The same, of a server or a loop. */
  tellBroad(error) {
    if (error === undefined || error === null) return;
    this.broad = true;
    this.tell(error);
  }

  /** Runs `work` outside of what is counted. */
  quietly(work) {
    return this.control.quietly(work);
  }

  /** As a program would: what is refused is told, and asked for again. */
  attempt(work) {
    for (let i = 0; i < ATTEMPTS; i++) {
      try {
        return work();
      } catch (error) {
        this.tell(error);
      }
    }
    this.broad = true;
    return undefined;
  }

  /** Stream handlers that also note that each socket opens before it closes, once. */
  handlers({ open, close, ...rest }) {
    return {
      ...rest,
      open: (socket) => {
        this.opened(socket);
        open?.(socket);
      },
      close: (socket, error) => {
        this.tell(error);
        this.closed(socket);
        close?.(socket, error);
      },
      error: (server, error) => {
        if (server.isClosed) this.tellBroad(error);
        else this.tell(error);
      },
    };
  }

  opened(socket) {
    this.#opened.set(socket, 0);
  }

  closed(socket) {
    const times = (this.#opened.get(socket) ?? 0) + 1;
    this.#opened.set(socket, times);
    if (times > 1) this.faults.push('a socket was closed twice');
  }

  /** Sockets that were open and never told of their closing. */
  get unclosed() {
    return [...this.#opened.values()].filter((times) => times === 0).length;
  }

  /** Clients of the referee for the server on `port`, each a unit. */
  clients(kind, port, count) {
    if (port === undefined) return;
    const units = Array.from({ length: count }, (_, index) => this.unit(`client ${kind} ${index}`));
    this.#clients.set(kind, units);
    this.referee.postMessage({ command: 'clients', kind, port, count });
  }

  #clients = new Map();

  /** What the referee has found meanwhile. */
  hear() {
    for (;;) {
      const message = receiveMessageOnPort(this.port)?.message;
      if (message === undefined) return;
      if (message.spinning) this.spinning = message.spinning;
      if (message.limit) this.limit();
      if (message.kind === undefined) continue;
      const unit = this.#clients.get(message.kind)?.[message.index];
      unit?.end(message.whole, message.error ?? CUT_SHORT);
    }
  }

  /** Nothing gets on any more. */
  limit() {
    this.limited = true;
    this.stop();
    this.onLimit?.();
  }

  /** @param finish closes what keeps the loop alive once every unit has ended */
  whenAllEnded(finish) {
    this.#finish = finish;
    this.look();
  }

  /** Has everything ended? */
  look() {
    if (this.#finish === undefined || this.#finished) return;
    if (this.units.some(({ state }) => state === 'open')) return;
    this.stop();
  }

  stop() {
    if (this.#finished) return;
    this.#finished = true;
    try {
      this.#finish?.();
    } catch (error) {
      this.tell(error);
    }
    this.#over();
  }
}
