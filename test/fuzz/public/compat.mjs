// The drop-ins within a program: objects of rawloop/compat beside the loop's own, made, used and
// closed by the same random calls, also by each other's callbacks. They throw as the packages
// do that they stand in for: an Error, not always with a code.
import { closeSync } from 'node:fs';
import { anyNumber, anyValue, noInteger, OWN_ERROR } from '../support/values.mjs';
import { drop } from './timing.mjs';

const MOST = 4;
const EVENTS = ['error', 'close', 'connected', 'readable', 'congestion', 'writable'];
let names = 0;

/** A name of this process: nothing is left in the file system. */
const nextName = () => `\0rawloop-fuzz-${process.pid}-${names++}`;

export class Compat {
  constructor(program, actions) {
    this.program = program;
    this.random = program.random;
    this.actions = actions;
    /** What is open: `{ kind, thing, name, close() }`. */
    this.things = [];
    this.rows = [
      [1, () => this.make()],
      [4, () => this.use()],
    ];
  }

  /** A call that may throw whatever the packages throw. */
  call(what, act) {
    const { program } = this;
    program.calls++;
    program.log(`compat ${what}`);
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Error) && error !== OWN_ERROR) {
        program.report(`compat ${what} threw ${String(error)}`);
      }
      return undefined;
    }
  }

  make() {
    const { random, things } = this;
    if (things.length > MOST) drop(random, things);
    random.pick([
      () => this.datagrams(),
      () => this.epoll(),
      () => this.usocket(),
      () => this.server(),
      () => this.terminal(),
    ])();
  }

  #add(kind, thing, close, name) {
    const model = { kind, thing, name, isClosed: false };
    model.close = () => {
      model.isClosed = true;
      this.call(`${kind}.close`, close);
    };
    this.things.push(model);
    return model;
  }

  /** Listens to all that an emitter tells; after its close it may tell nothing of `never`. */
  #hear(model, never) {
    const { program } = this;
    for (const event of [...EVENTS, ...never]) {
      model.thing.on(event, () => {
        if (model.isClosed && never.includes(event)) {
          program.report(`'${event}' of a ${model.kind} that was closed`);
        }
        program.inCallback(`compat ${event}`);
      });
    }
  }

  datagrams() {
    const { createSocket } = this.program.compat.unixDgram;
    const socket = this.call('createSocket', () => createSocket('unix_dgram'));
    if (socket === undefined) return;
    const model = this.#add('unix-dgram', socket, () => socket.close(), nextName());
    this.#hear(model, ['message', 'writable']);
    this.call('bind', () => socket.bind(this.#place(model.name)));
  }

  epoll() {
    const { program, random } = this;
    const { Epoll } = program.compat.epoll;
    let model;
    const callback = (error, fd, events) => {
      if (model.isClosed) program.report('an Epoll that was closed calls back');
      if (error !== null || !Number.isInteger(fd) || !Number.isInteger(events)) {
        program.report(`an Epoll tells ${error}, ${fd}, ${events}`);
      }
      program.inCallback('compat epoll');
    };
    const given = random.oneIn(15) ? anyValue(random) : callback;
    const poll = this.call('new Epoll', () => new Epoll(given));
    if (poll === undefined) return;
    model = this.#add('epoll', poll, () => poll.close());
    if (given !== callback) model.close();
  }

  usocket() {
    const { USocket } = this.program.compat.usocket;
    const socket = this.call('new USocket', () => new USocket());
    if (socket === undefined) return;
    const model = this.#add('usocket', socket, () => socket.destroy());
    this.#hear(model, ['connected']);
    this.call('USocket.connect', () => socket.connect(this.#place(this.#known())));
  }

  server() {
    const { UServer } = this.program.compat.usocket;
    const server = new UServer();
    const model = this.#add('userver', server, () => server.close(), nextName());
    this.#hear(model, ['listening']);
    server.on('connection', (socket) => {
      const accepted = this.#add('usocket', socket, () => socket.destroy());
      this.#hear(accepted, []);
      if (model.isClosed) this.program.report('a UServer that was closed accepts');
      this.program.inCallback('compat connection');
    });
    this.call('UServer.listen', () => server.listen(this.#place(model.name)));
  }

  terminal() {
    const { random, actions, program } = this;
    const { spawn } = program.compat.nodePty;
    const size = () => actions.or(() => random.pick([undefined, 1, 80, 65535]));
    const encoding = () => actions.or(() => random.pick([undefined, null, 'utf8', 'base64']));
    const options = () => ({
      cols: size(),
      rows: size(),
      encoding: encoding(),
      handleFlowControl: random.oneIn(3),
      cwd: random.oneIn(10) ? actions.or(() => '/nowhere') : undefined,
    });
    const file = random.pick(['/bin/cat', '/bin/cat', '/bin/true', '/bin/none']);
    const terminal = this.call('spawn', () => spawn(file, [], options()));
    if (terminal === undefined) return;
    this.#add('node-pty', terminal, () => {
      terminal.kill('SIGKILL');
      terminal.destroy();
    });
    let isOver = false;
    for (const event of ['data', 'end', 'close', 'pause', 'resume']) {
      terminal.on(event, () => {
        if (isOver && event !== 'pause' && event !== 'resume') {
          program.report(`'${event}' of a terminal behind its exit`);
        }
        program.inCallback(`compat ${event}`);
      });
    }
    terminal.onExit(({ exitCode, signal }) => {
      if (isOver || !Number.isInteger(exitCode) || !Number.isInteger(signal)) {
        program.report(`a terminal tells its exit ${isOver}, ${exitCode}, ${signal}`);
      }
      isOver = true;
      program.inCallback('compat exit');
    });
  }

  #place(name) {
    return this.actions.or(() => name);
  }

  /** A name that somebody may have. */
  #known() {
    const named = this.things.filter(({ name }) => name !== undefined);
    return named.length > 0 && !this.random.oneIn(8) ? this.random.pick(named).name : nextName();
  }

  use() {
    const { random, things } = this;
    if (things.length === 0) return;
    const model = random.pick(things);
    if (random.oneIn(12)) model.close();
    else if (model.kind === 'unix-dgram') this.#useDatagrams(model.thing);
    else if (model.kind === 'epoll') this.#useEpoll(model.thing);
    else if (model.kind === 'node-pty') this.#useTerminal(model.thing);
    else this.#useStream(model.thing);
  }

  #useDatagrams(socket) {
    const { random, actions } = this;
    const bytes = () => actions.or(() => Buffer.alloc(random.pick([0, 1, 100, 5000, 300_000])));
    const told = () =>
      actions.or(() => random.pick([undefined, () => this.program.inCallback('compat sent')]));
    const number = (sound) =>
      actions.or(
        () => sound,
        () => anyNumber(random),
      );
    random.pick([
      () => this.call('send', () => socket.send(bytes(), number(0), number(1), this.#place(this.#known()), told())),
      () => this.call('send', () => socket.send(bytes(), told())),
      () => this.call('connect', () => socket.connect(this.#place(this.#known()))),
      () => this.call('bind', () => socket.bind(this.#place(nextName()))),
      () => this.call('ref', () => random.pick([socket.ref, socket.unref]).call(socket)),
    ])(); // biome-ignore format: a table
  }

  #useEpoll(poll) {
    const { random, actions, program } = this;
    const fd = () => program.actions.things.fd();
    const events = () =>
      actions.or(
        () => random.pick([0, 1, 4, 5, 2 ** 30, -(2 ** 31)]) | random.below(32),
        () => noInteger(random),
      );
    random.pick([
      () => this.call('add', () => poll.add(fd(), events())),
      () => this.call('modify', () => poll.modify(fd(), events())),
      () => this.call('remove', () => poll.remove(fd())),
      () => this.call('closed', () => poll.closed),
    ])(); // biome-ignore format: a table
  }

  #useTerminal(terminal) {
    const { random, actions } = this;
    const text = () =>
      actions.or(() => random.pick(['a\r', '\x13', '\x11', '\x03', 'x'.repeat(70_000)]));
    const length = () => actions.or(() => random.pick([1, 80, 65535]));
    const signal = () =>
      actions.or(() => random.pick([undefined, 'SIGWINCH', 'SIGHUP', 'SIGCONT']));
    random.pick([
      () => this.call('write', () => terminal.write(text())),
      () => this.call('resize', () => terminal.resize(length(), length())),
      () => this.call('kill', () => terminal.kill(signal())),
      () => this.call('pause', () => terminal.pause()),
      () => this.call('resume', () => terminal.resume()),
      () => this.call('process', () => `${terminal.process} ${terminal.fd} ${terminal.pid}`),
      () => this.call('setEncoding', () => terminal.setEncoding(actions.or(() => 'utf8'))),
      () => this.call('end', () => terminal.end(text())),
    ])(); // biome-ignore format: a table
  }

  #useStream(stream) {
    const { random, actions, program } = this;
    const { fds } = program;
    const chunk = () =>
      actions.or(() =>
        random.pick([
          Buffer.alloc(100),
          'text',
          { data: Buffer.from('x'), fds: fds.slice(0, 1) },
          [...fds.slice(0, 1)],
        ]),
      );
    const close = (found) => {
      for (const fd of found?.fds ?? []) closeSync(fd);
    };
    random.pick([
      () => this.call('write', () => stream.write?.(chunk())),
      () => this.call('read', () => close(stream.read?.(actions.or(() => 1), random.pick([undefined, null, 0])))),
      () => this.call('end', () => stream.end?.()),
      () => this.call('pause', () => stream.pause()),
      () => this.call('resume', () => stream.resume()),
    ])(); // biome-ignore format: a table
  }

  /** The program is over. */
  close() {
    for (const model of this.things.splice(0)) model.close();
  }
}
