// Watchers, signals, requests on the pool and Workers of a program, each with what must hold
// of its callbacks. Streams over descriptors, which are made of the same, are streams.mjs.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { anyNumber, anyValue, noFunction, noInteger, noNumber } from '../support/values.mjs';
import { isWith } from '../support/without.mjs';
import { Children } from './children.mjs';
import { compressionRequests } from './compressed.mjs';
import { fileRequests } from './files.mjs';
import { keyRequests } from './keys.mjs';
import { managerRows } from './manager.mjs';
import { nameRequests } from './names.mjs';
import { pathRows } from './paths.mjs';
import { Streams } from './streams.mjs';
import { Terminals } from './terminals.mjs';
import { drop } from './timing.mjs';

const { ThreadPool } = createRequire(import.meta.url)('../../../dist/index.cjs');
/** What the threads of `jobs` do. */
const JOBS = `module.exports = (what, context) => {
  if (what === 'throw') throw 'thrown';
  if (what === 'exit') process.exit(3);
  if (what === 'later') return new Promise((resolve) => setTimeout(resolve, 1));
  return what;
};`;
const SIGNALS = ['SIGUSR2', 'SIGHUP', 'SIGWINCH'];
/** The host cannot send the last ones by their names. */
const WATCHED = [...SIGNALS, 'SIGRTMIN', 'SIGRTMAX-2'];

export class Things {
  constructor(program, actions) {
    this.program = program;
    this.random = program.random;
    this.actions = actions;
    this.streams = new Streams(this);
    this.children = new Children(this);
    this.rows = [
      [4, () => this.watch()],
      [5, () => this.onWatcher()],
      ...this.streams.rows,
      ...new Terminals(this).rows,
      ...this.children.rows,
      [3, () => this.signal()],
      [3, () => this.request()],
      [3, () => this.abort()],
      [1, () => this.pool()],
      [1, () => this.jobs()],
      ...managerRows(program, actions),
      ...pathRows(program, actions),
      [program.isWorker ? 0 : 1, () => this.random.oneIn(40) && this.worker()],
    ]; // biome-ignore format: a table
  }

  /** Descriptors to watch or to take over, and others. */
  fd() {
    const { random, program, actions } = this;
    const { raw } = program;
    if (program.fds.length < 8) {
      const pair = raw.pipe2(raw.constants.O_NONBLOCK);
      if (Array.isArray(pair)) program.fds.push(...pair);
      program.fds.push(raw.eventfd(1, raw.constants.EFD_NONBLOCK));
    }
    return actions.or(
      () => random.pick(program.fds),
      () => random.pick([2 ** 30, -1, noInteger(random)]),
    );
  }

  watch() {
    const { random, program, actions } = this;
    if (program.watchers.length > 12) drop(random, program.watchers);
    const model = { isClosed: false };
    model.close = () => {
      model.isClosed = true;
      model.watcher.close();
    };
    const callback = (ready) => {
      if (model.isClosed) program.report('a watcher that was closed is called');
      if (typeof ready !== 'object') program.report(`a watcher is told ${ready}`);
      program.inCallback('watcher');
    };
    const fd = this.fd();
    const options = actions.options({
      read: actions.or(() => random.oneIn(2)),
      write: random.oneIn(2),
      edge: random.oneIn(3),
      oneshot: random.oneIn(3),
      ...actions.signal(),
    });
    const given = actions.or(
      () => callback,
      () => noFunction(random),
    );
    const watcher = actions.call('watch', () =>
      program.loop.watch(
        fd,
        actions.or(() => options),
        given,
      ),
    );
    if (watcher === undefined) return;
    model.watcher = watcher;
    program.watchers.push(model);
  }

  onWatcher() {
    const { random, program, actions } = this;
    const { raw } = program;
    if (program.fds.length > 0 && random.oneIn(2)) {
      const fd = random.pick(program.fds);
      random.pick([
        () => actions.call('raw.write', () => raw.write(fd, new Uint8Array(8).fill(1))),
        () => actions.call('raw.read', () => raw.read(fd, new Uint8Array(100))),
        // Closed while it is watched, and its number given out again.
        () => random.oneIn(4) && isWith('numbers') && actions.call('raw.close', () => {
          raw.close(fd);
          program.fds.splice(program.fds.indexOf(fd), 1);
        }),
      ])(); // biome-ignore format: a table
      return;
    }
    if (program.watchers.length === 0) return;
    const model = random.pick(program.watchers);
    random.pick([
      () => actions.call('watcher.close', () => model.close()),
      () => actions.call('watcher.modify', () => model.watcher.modify(actions.or(() => ({ read: random.oneIn(2), write: random.oneIn(2), oneshot: random.oneIn(2) })))),
      () => actions.call('watcher.ref', () => model.watcher.ref()),
      () => actions.call('watcher.unref', () => model.watcher.unref()),
    ])(); // biome-ignore format: a table
  }

  signal() {
    const { random, program, actions } = this;
    if (program.signals.length > 4) drop(random, program.signals);
    const isSent = random.oneIn(3);
    const name = random.pick(isSent ? SIGNALS : WATCHED);
    if (isSent) {
      // The host listens too: nobody watching, it kills nobody.
      actions.call(`kill ${name}`, () => process.kill(process.pid, name));
      return;
    }
    const model = { isClosed: false };
    model.close = () => {
      model.isClosed = true;
      model.handle.close();
    };
    const callback = (told) => {
      if (model.isClosed) program.report('a signal handle that was closed is called');
      if (told !== name) program.report(`${told} comes where ${name} is watched`);
      program.inCallback('signal');
    };
    const given = actions.or(
      () => name,
      () => random.pick([noNumber(random), 'SIGKILL', 'SIGSEGV', 'SIGNONE', '__proto__']),
    );
    const handle = actions.call(`onSignal ${typeof given === 'string' ? given : '?'}`, () =>
      program.loop.onSignal(given, callback),
    );
    if (handle === undefined) return;
    model.handle = handle;
    program.signals.push(model);
    if (random.oneIn(2)) handle.unref();
  }

  request() {
    const { random, program, actions } = this;
    const { loop } = program;
    const options = () =>
      random.oneIn(2)
        ? undefined
        : actions.options({
            ...(random.oneIn(3) && { bigint: random.oneIn(2) }),
            ...(random.oneIn(3) && { encoding: actions.or(() => random.pick(['utf8', 'buffer'])) }),
            ...actions.signal(),
          });
    const path = actions.or(
      () => random.pick(['.', '/none', 'package.json', '/', '/proc/self/exe']),
      () => anyValue(random),
    );
    const what = random.pick([
      () => loop.fs.stat(path, options()),
      () => loop.fs.lstat(path, options()),
      () => loop.fs.readlink(path, options()),
      () => loop.fs.access(path, actions.or(() => random.pick([undefined, random.below(8)]), () => anyNumber(random)), options()),
      ...fileRequests(this, path, options),
      ...nameRequests(this),
      ...keyRequests(this, options),
      ...compressionRequests(this, options),
    ]); // biome-ignore format: a table
    const promise = actions.call('request', what);
    if (promise === undefined) return;
    program.pending++;
    const asked = [String(what).replace(/\s+/g, ' ').slice(0, 100)];
    program.asked.add(asked);
    const settled = () => {
      if (!program.asked.delete(asked)) program.report('a request is settled twice');
      program.pending--;
    };
    promise.then(settled, (error) => {
      settled();
      program.checkError(error, 'request');
    });
  }

  abort() {
    const { random, program } = this;
    if (program.controllers.length === 0) return;
    const { controllers } = program;
    const newest = controllers.slice(-6);
    this.actions.call('abort', () =>
      random
        .pick(newest)
        .abort(random.oneIn(3) ? Object.assign(new Error('ours'), { code: 'OURS' }) : undefined),
    );
    // Whatever it closed was not to be told of any more.
    for (const end of program.ends) if (end.closed === 0) end.isBroken = true;
  }

  pool() {
    const { random, program, actions } = this;
    const size = actions.or(
      () => random.from(1, 4),
      () => random.pick([0, 1025, -1, noInteger(random)]),
    );
    actions.call('pool.resize', () => program.loop.pool.resize(size));
    actions.call('pool.stats', () => program.loop.pool.stats());
    const lane = actions.or(
      () => random.pick([undefined, 'fs', 'crypto', 'dns', 'zlib']),
      () => random.pick(['none', '', 1, null, {}]),
    );
    actions.call('pool.drained', () => program.loop.pool.drained(lane).catch(() => {}));
    actions.call('new ThreadPool', () => {
      const options = actions.or(
        () => ({ size: 1, idleMs: random.from(0, 2), maxQueued: 2, lanes: { fs: 1, own: {} } }),
        () => random.pick([{ size: 0 }, { lanes: anyValue(random) }, { processors: [-1] }, null]),
      );
      new ThreadPool(options).close();
    });
  }

  /** JavaScript jobs, of which some end their thread; few handles, as each has threads. */
  jobs() {
    const { random, program, actions } = this;
    if (program.jobs === undefined || program.jobs.isClosed) {
      if (!random.oneIn(10)) return;
      const options = actions.options({
        code: actions.or(() => JOBS),
        size: actions.or(() => random.from(1, 2), () => random.pick([0, 1025, noInteger(random)])),
        maxQueued: random.pick([0, 3, 100]),
        abortGraceMs: random.pick([0, 1, Number.POSITIVE_INFINITY]),
      }); // biome-ignore format: a table
      program.jobs = actions.call('workers', () => program.loop.workers(options));
      return;
    }
    const { jobs } = program;
    random.pick([
      () => actions.call('workers.stats', () => jobs.stats()),
      () => actions.call('workers.close', () => random.oneIn(8) && jobs.close()),
      () => actions.call('workers.destroy', () => random.oneIn(8) && jobs.destroy()),
      ...Array.from({ length: 5 }, () => () => this.runJob(jobs)),
    ])(); // biome-ignore format: a table
  }

  runJob(jobs) {
    const { random, program, actions } = this;
    const bytes = new ArrayBuffer(8);
    const input = actions.or(() => random.pick(['echo', 'throw', 'later', 'exit', bytes]));
    const options = actions.or(() =>
      random.pick([undefined, { transfer: [bytes] }, actions.options({ ...actions.signal() })]),
    );
    const promise = actions.call('workers.run', () => jobs.run(input, options));
    if (promise === undefined) return;
    program.pending++;
    const settled = () => program.pending--;
    promise.then(settled, (error) => {
      settled();
      const isTold = error === 'thrown' || error?.name === 'DataCloneError';
      if (!isTold) program.checkError(error, 'workers.run');
    });
  }

  /** The same in a Worker, which ends by itself or is terminated. */
  worker() {
    const { random, program } = this;
    if (program.workers.length > 1) return;
    this.actions.call('Worker', () => {
      const workerData = { seed: random.word(), calls: 60 };
      const worker = new Worker(new URL('../public.mjs', import.meta.url), { workerData });
      worker.on('message', (what) =>
        program.report(`in a Worker (seed ${workerData.seed}): ${what}`),
      );
      worker.on('error', (error) =>
        program.report(`a Worker (seed ${workerData.seed}) threw ${error.stack}`),
      );
      program.workers.push(new Promise((resolve) => worker.once('exit', resolve)));
      if (random.oneIn(2)) setTimeout(() => worker.terminate(), anyNumber(random) % 60 || 1);
    });
  }
}
