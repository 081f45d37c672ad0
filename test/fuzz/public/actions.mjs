// The calls that a program makes: mostly sound ones, some with arguments of anything.

import { acting, anyNumber, anyValue, noInteger, noNumber, OWN_ERROR } from '../support/values.mjs';
import { isWith } from '../support/without.mjs';
import { Compat } from './compat.mjs';
import { Datagrams } from './datagrams.mjs';
import { initialOptions, useOption } from './socket-options.mjs';
import { acceptOptions, streamOptions } from './stream-options.mjs';
import { Things } from './things.mjs';
import { Timing } from './timing.mjs';

const SIZES = [0, 1, 5, 100, 4095, 4096, 4097, 20_000, 70_000, 300_000];

export class Actions {
  constructor(program) {
    this.program = program;
    this.random = program.random;
    this.things = new Things(program, this);
    this.datagrams = new Datagrams(program, this);
    this.timing = new Timing(program, this);
    this.compat = new Compat(program, this);
    this.rows = [
      [10, () => this.write()],
      [6, () => this.connect()],
      [3, () => this.listen()],
      [3, () => this.onEnd('end', (end) => end.socket.end())],
      [2, () => this.onEnd('destroy', (end) => this.destroy(end))],
      [3, () => this.onEnd('pause', (end) => end.socket.pause())],
      [5, () => this.onEnd('resume', (end) => end.socket.resume())],
      [2, () => this.onEnd('ref/unref', ({ socket }) => (this.random.oneIn(2) ? socket.ref() : socket.unref()))],
      [2, () => this.onEnd('options', ({ socket }) => useOption(this, socket))],
      [2, () => this.onEnd('look', ({ socket }) => [socket.address, socket.remoteAddress, socket.bufferedBytes, socket.open])],
      [1, () => this.onServer()],
      ...this.timing.rows,
      ...this.things.rows,
      ...this.datagrams.rows,
      ...this.compat.rows,
      [2, () => this.loopCall()],
    ]; // biome-ignore format: a table
  }

  one() {
    if (this.program.loop.closed && !this.random.oneIn(4)) return;
    this.random.weighted(this.rows)();
  }

  call(what, act) {
    return this.program.guarded(what, act);
  }

  or(make, wrong = () => anyValue(this.random)) {
    return this.random.oneIn(15) ? wrong() : make();
  }

  /** Options as a plain object, or one whose getters make calls of their own. */
  options(properties) {
    if (!this.random.oneIn(10)) return properties;
    return acting(properties, () => {
      if (this.random.oneIn(6)) throw OWN_ERROR;
      if (this.random.oneIn(3)) this.program.step();
    });
  }

  loopOptions() {
    const { random } = this;
    return random.pick([
      undefined,
      {},
      { maxEvents: random.pick([1, 2, 256]), drain: random.pick(['each', 'batch']), poolSize: 2 },
      { slabBytes: 65536, timing: false, asyncContext: random.oneIn(2) },
      { backend: 'checked' },
    ]);
  }

  signal() {
    const { random, program } = this;
    if (!random.oneIn(8)) return {};
    const controller = new AbortController();
    if (random.oneIn(10)) controller.abort(OWN_ERROR);
    program.controllers.push(controller);
    return { signal: random.oneIn(20) ? anyValue(random) : controller.signal };
  }

  #handlersOr() {
    return this.or(
      () => this.program.handlers,
      () => noNumber(this.random),
    );
  }

  #host() {
    return this.or(
      () => this.random.pick(['127.0.0.1', 'localhost', '::1', '[::1]']),
      () =>
        this.random.pick([
          noNumber(this.random),
          '',
          '1.2.3',
          '::1%lo',
          'x'.repeat(300),
          '127.0.0.1\0',
        ]),
    );
  }

  /** What asks no name server, and leads to this machine alone. */
  #hostToConnect() {
    const host = this.#host();
    if (typeof host !== 'string') return host;
    return /^(127\.0\.0\.1\0?|localhost|\[?::1(%lo)?\]?)?$/.test(host) ? host : '127.0.0.1';
  }

  listen() {
    const { random, program } = this;
    if (program.servers.length > 6) return;
    const options = this.options({
      host: this.#host(),
      port: this.or(
        () => 0,
        () => random.pick([1e6, -1, 1.5, noInteger(random)]),
      ),
      ...(random.oneIn(4) && {
        backlog: this.or(
          () => random.pick([1, 2, 511]),
          () => anyNumber(random),
        ),
      }),
      ...(random.oneIn(4) && { reusePort: random.oneIn(2) }),
      ...acceptOptions(this),
      ...initialOptions(this),
      ...streamOptions(this),
    });
    const server = this.call('listen', () => program.loop.listen(options, this.#handlersOr()));
    // With other handlers than ours nobody looks at its connections.
    if (server !== undefined) program.servers.push(server);
  }

  connect() {
    const { random, program } = this;
    const open = program.servers.filter((server) => server.active);
    const address = open.length > 0 ? random.pick(open).address : undefined;
    const port = address?.port ?? 1;
    const options = this.options({
      host: address === undefined || random.oneIn(20) ? this.#hostToConnect() : address.address,
      port: this.or(
        () => (random.oneIn(12) ? 1 : port),
        () => random.pick([1e6, -1, 1.5, noInteger(random)]),
      ),
      ...(random.oneIn(10) && {
        localAddress: this.or(() => random.pick(['127.0.0.1', 'nosuch0'])),
      }),
      ...(random.oneIn(6) && {
        timeoutMs: this.or(
          () => 1e9,
          () => noInteger(random),
        ),
      }),
      ...(random.oneIn(10) && {
        localPort: this.or(
          () => 0,
          () => noInteger(random),
        ),
      }),
      ...initialOptions(this),
      ...streamOptions(this),
    });
    program.addClient(this.call('connect', () => program.loop.connect(options, program.handlers)));
  }

  onEnd(what, act) {
    const { program, random } = this;
    if (program.ends.length === 0) return;
    // Mostly of the newest, which are open.
    const newest = Math.max(0, program.ends.length - 12);
    const end =
      program.ends[
        random.oneIn(8)
          ? random.below(program.ends.length)
          : random.from(newest, program.ends.length - 1)
      ];
    this.call(`${what} ${end.name}`, () => act(end));
  }

  destroy(end) {
    if (end.closed === 0) end.isBroken = true;
    end.isDestroyed = true;
    const error = this.random.oneIn(3) ? OWN_ERROR : undefined;
    end.socket.destroy(error);
  }

  write() {
    const { random } = this;
    this.onEnd('write', (end) => {
      if (random.oneIn(20)) return this.#writeWrong(end);
      const length = random.pick(SIZES);
      const bytes = end.next(length);
      const before = end.socket.bytesWritten;
      const data = this.#shape(bytes);
      this.program.log(`  of ${length} bytes`);
      const isTaken = end.socket.write(data);
      if (typeof isTaken !== 'boolean') this.program.report(`write returned ${isTaken}`);
      if (!isTaken) end.wroteFalse = true;
      const taken = end.socket.bytesWritten - before;
      if (taken !== length && taken !== 0) this.program.report(`write took ${taken} of ${length}`);
      // The memory is the caller's again.
      if (typeof data !== 'string') bytes.fill(0);
      return undefined;
    });
  }

  #writeWrong(end) {
    const { random } = this;
    const before = end.socket.bytesWritten;
    const data = random.oneIn(2)
      ? anyNumber(random)
      : random.pick([null, undefined, {}, [], Symbol('x'), 1n]);
    end.socket.write(data);
    if (end.socket.bytesWritten !== before) this.program.report('write took what are no bytes');
  }

  /** The same bytes in another form. */
  #shape(bytes) {
    const { random } = this;
    return random.pick([
      () => bytes,
      () => bytes,
      () => Buffer.from(bytes.buffer),
      () => new DataView(bytes.buffer),
      () => bytes.buffer,
      () => String.fromCharCode(...bytes.subarray(0, 60_000)) + Buffer.from(bytes.subarray(60_000)).toString('latin1'),
      () => !isWith('lengths') ? bytes : new (class extends Uint8Array {
        get length() {
          return 3;
        }
      })(bytes.buffer),
      () => {
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
        shared.set(bytes);
        return shared;
      },
    ])(); // biome-ignore format: a table
  }

  onServer() {
    const { random, program } = this;
    if (program.servers.length === 0) return;
    const server = random.pick(program.servers);
    if (random.oneIn(6)) {
      this.call('server options', () => useOption(this, server));
      return;
    }
    const what = random.pick(['close', 'ref', 'unref', 'destroy']);
    if (what === 'destroy') {
      for (const end of program.ends) {
        if (end.socket.server !== server || end.closed > 0) continue;
        end.isBroken = true;
        end.isDestroyed = true;
      }
    }
    this.call(`server.${what}`, () => server[what]());
  }

  loopCall() {
    const { random, program } = this;
    const { loop } = program;
    random.weighted([
      [4, () => this.call('wake', () => loop.wake())],
      [2, () => this.call('wake(waker)', () => program.rawloop.wake(loop.waker))],
      [2, () => this.call('metrics', () => loop.metrics())],
      [2, () => this.call('stop', () => loop.stop())],
      [2, () => this.call('run inside', () => loop.run(this.or(() => 'nowait')))],
      [1, () => this.call('attach', () => loop.attach())],
      [1, () => this.call('updateTime', () => loop.updateTime())],
      [1, () => this.call('another loop', () => this.#anotherLoop())],
      [random.oneIn(12) ? 1 : 0, () => this.call('loop.close', () => this.#close())],
      [1, () => this.call('new EventLoop', () => new program.rawloop.EventLoop({ [random.pick(['backend', 'maxEvents', 'slabBytes', 'drain', 'timing', 'blockedMs'])]: random.pick([null, {}, 'x', -1, Number.NaN]) }).close())],
    ])(); // biome-ignore format: a table
  }

  #close() {
    for (const end of this.program.ends) if (end.closed === 0) end.isBroken = true;
    this.program.loop.close();
  }

  #anotherLoop() {
    const other = new this.program.rawloop.EventLoop();
    let ran = 0;
    other.setTimeout(() => ran++, 0);
    other.setImmediate(() => ran++);
    other.run();
    other.close();
    if (ran !== 2) this.program.report(`a loop inside a callback made ${ran} calls of 2`);
  }
}
