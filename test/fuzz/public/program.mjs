// One program: a loop, what is started on it, and the random calls that its callbacks
// make. It ends by closing all, gently or not, and by looking at what has to hold then.
import { OWN_ERROR } from '../support/values.mjs';
import { Actions } from './actions.mjs';
import { End } from './connections.mjs';

/** Turns, and time: what a program asks of threads may start new ones, on a busy machine. */
const TURNS_LIMIT = 4000;
const LIMIT_MS = 30_000;

export class Program {
  /** Made by callers; each has a model beside it. */
  servers = [];
  /** @type {End[]} */ ends = [];
  timers = [];
  immediates = [];
  hooks = [];
  watchers = [];
  signals = [];
  controllers = [];
  /** Descriptors of ours, closed at the end. */
  fds = [];
  files = [];
  workers = [];
  pending = 0;
  /** Of those the requests, each by its text. */
  asked = new Set();
  endTurns = 0;
  calls = 0;
  phase = 'acting';
  /** @type {Map<number, End>} clients by port, until the server has found its side */
  clients = new Map();

  /**
   * @param {import('../support/random.mjs').Random} random
   * @param {{ rawloop: object, raw: object, compat: object, report(what: string): void, log(text: string): void }} tools
   */
  constructor(random, tools, budget) {
    this.random = random;
    this.rawloop = tools.rawloop;
    this.raw = tools.raw;
    this.compat = tools.compat;
    this.report = tools.report;
    this.log = tools.log;
    this.isWorker = tools.isWorker;
    this.budget = budget;
    this.actions = new Actions(this);
    this.loop = new tools.rawloop.EventLoop(this.actions.loopOptions());
    this.isGuest = random.oneIn(2);
    this.handlers = this.#handlers();
  }

  /** Runs it to its end. */
  async run() {
    const { loop, random } = this;
    this.#pump();
    for (let i = random.from(1, 6); i > 0; i--) this.step();
    if (this.isGuest) this.attach();
    const endMs = performance.now() + LIMIT_MS;
    for (let turns = 0; this.phase !== 'over' && !loop.closed; turns++) {
      if (turns > TURNS_LIMIT && performance.now() > endMs)
        this.report(`it does not end: ${this.#whatIsLeft()}`);
      await new Promise((resolve) => {
        // Not in a promise's callback, where run() could not let promises settle.
        setImmediate(() => {
          if (!loop.attached && this.phase !== 'over') this.drive();
          resolve();
        });
      });
      // The host waits for its own poll only when it has nothing else to do.
      if (loop.attached) await new Promise((resolve) => setTimeout(resolve, 1));
      if (this.phase === 'acting' && random.oneIn(16)) this.#changeMode();
    }
    await this.#end();
  }

  attach() {
    this.guarded('attach', () => this.loop.attach());
  }

  drive() {
    const mode = this.random.pick(['default', 'once', 'nowait', 'nowait']);
    this.guarded(`run(${mode})`, () => this.loop.run(mode));
  }

  #changeMode() {
    const { loop } = this;
    if (loop.closed) return;
    if (loop.attached) this.guarded('detach', () => loop.detach());
    else this.attach();
  }

  /** Keeps every wait short and the calls coming. */
  #pump() {
    const { loop, random } = this;
    if (loop.closed || this.phase === 'over') return;
    const again = () => {
      // What a step throws must not end the pump.
      this.#pump();
      for (let i = random.from(1, 5); i > 0 && this.phase === 'acting'; i--) this.step();
      if (this.calls >= this.budget) this.#windDown();
    };
    loop.setTimeout(again, random.pick([0, 0, 0.2, 1]));
  }

  /** What user code of this program throws, and what misuse throws, is no finding. */
  guarded(what, act) {
    this.calls++;
    this.log(what);
    try {
      return act();
    } catch (error) {
      this.checkError(error, what);
      return undefined;
    }
  }

  checkError(error, what) {
    if (error === OWN_ERROR || this.isOurReason(error)) return;
    const isEngines = error instanceof TypeError && /revoked/.test(error.message);
    if (isEngines) return;
    if (!(error instanceof Error) || typeof error.code !== 'string') {
      this.report(`${what} threw ${error?.stack ?? String(error)}`);
    }
    this.log(`  ${error.code}`);
  }

  isOurReason(error) {
    return this.controllers.some(({ signal }) => signal.reason === error);
  }

  /** One random call, if there is budget. */
  step() {
    if (this.phase !== 'acting' || this.calls >= this.budget) return;
    this.actions.one();
  }

  /** Within a callback: some calls, and once in a while a throw. */
  inCallback(what) {
    this.log(`- ${what}`);
    if (this.phase !== 'acting') return;
    const { random } = this;
    if (random.oneIn(3)) this.step();
    if (random.oneIn(8)) this.step();
    if (random.oneIn(60)) throw OWN_ERROR;
  }

  // ---- connections ------------------------------------------------------------

  #handlers() {
    const end = (socket) => this.endOf(socket);
    return {
      open: (socket) => {
        end(socket).onOpen();
        this.inCallback(`open ${end(socket).name}`);
      },
      data: (socket, chunk) => {
        end(socket).onData(chunk);
        this.inCallback(`data ${chunk.length} ${end(socket).name}`);
      },
      end: (socket) => {
        end(socket).onEnd();
        this.inCallback(`end ${end(socket).name}`);
      },
      drain: (socket) => {
        end(socket).onDrain();
        this.inCallback(`drain ${end(socket).name}`);
      },
      close: (socket, error) => {
        this.log(`- close ${end(socket).name} ${error?.code}`);
        end(socket).onClose(error);
        if (error !== undefined) this.checkError(error, 'close');
        this.inCallback('closed');
      },
      error: (_server, error) => {
        if (typeof error?.code !== 'string') this.report(`error(server, ${error?.stack})`);
      },
    };
  }

  /** The model of a socket; one that was accepted is met here first. */
  endOf(socket) {
    if (socket.data !== undefined) return socket.data;
    const key = socket.remoteAddress?.port ?? 0;
    const end = new End(socket, key, 1, this.report);
    const client = this.clients.get(key);
    if (client === undefined) {
      // It was reset before we could ask who it is.
      end.isBroken = true;
    } else {
      this.clients.delete(key);
      client.peer = end;
      end.peer = client;
    }
    socket.data = end;
    this.ends.push(end);
    return end;
  }

  /** A socket that connects. */
  addClient(socket) {
    if (socket === undefined) return;
    const key = socket.address?.port ?? 0;
    const end = new End(socket, key, 0, this.report);
    socket.data = end;
    this.ends.push(end);
    if (key !== 0) this.clients.set(key, end);
  }

  // ---- the end ------------------------------------------------------------------

  /** The budget is used up: gently, everybody says what is left and goes; or at once. */
  #windDown() {
    if (this.phase === 'acting') {
      this.phase = 'ending';
      this.log('winding down');
      for (const server of this.servers) server.close();
      this.actions.things.children.close();
      for (const controller of this.controllers) if (this.random.oneIn(2)) controller.abort();
      for (const item of [...this.timers, ...this.hooks, ...this.watchers, ...this.signals])
        item.close();
      for (const immediate of this.immediates) this.loop.clearImmediate(immediate.handle);
      if (this.random.oneIn(4)) this.loop.close();
    }
    this.endTurns++;
    for (const end of this.ends) {
      const { socket, closed } = end;
      if (closed > 0 || this.loop.closed) continue;
      // Nobody accepted it before the listener went: TCP takes seconds to find out.
      if (this.endTurns > 40 && end.side === 0 && end.peer === undefined) {
        this.guarded('destroy', () => this.actions.destroy(end));
        continue;
      }
      this.guarded('resume', () => socket.resume());
      this.guarded('end', () => socket.end());
    }
    const isDone = this.ends.every(({ closed }) => closed > 0) && this.pending === 0;
    if (isDone && this.phase === 'ending') {
      this.phase = 'over';
      this.loop.stop();
      this.loop.detach();
    }
  }

  #whatIsLeft() {
    const open = this.ends
      .filter(({ closed }) => closed === 0)
      .map((end) => `${end.name} (${stateOf(end)})`);
    const asked = [...this.asked].join('; ');
    return `${this.phase}, ${this.pending} pending: ${asked}, open: ${open.join(', ')}`;
  }

  async #end() {
    const { loop } = this;
    const isGentle = this.phase === 'over';
    this.phase = 'over';
    for (const controller of this.controllers) controller.abort();
    this.actions.compat.close();
    this.actions.things.children.close();
    this.guarded('close', () => loop.close());
    if (!loop.closed || loop.alive) this.report('a closed loop is alive');
    for (const file of this.files) file.close().catch(() => {});
    for (const fd of this.fds) this.raw.close(fd);
    await Promise.all(this.workers);
    // Rejections of what the close ended, and what the host closes in its own time.
    for (let i = 0; i < 50 && this.pending > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.pending > 0) this.report(`${this.pending} promises of requests are never settled`);
    for (const end of this.ends) {
      if (!isGentle) end.isBroken = true;
      end.check();
    }
  }
}

/** For who has to find out. */
function stateOf({ socket, received }) {
  const { flags, interest, registered, paused, bytesWritten, bufferedBytes } = socket;
  return `flags ${flags}, interest ${interest} of ${registered}, paused ${paused}, read ${received}, wrote ${bytesWritten}, buffered ${bufferedBytes}`;
}
