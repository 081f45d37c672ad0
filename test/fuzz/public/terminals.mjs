// Terminals of a program: pseudoterminals whose masters are descriptors of it, ptys of the loop, and
// stdout, to which nothing but nothing is written.
import { openSync } from 'node:fs';
import { anyValue, noFunction } from '../support/values.mjs';

export class Terminals {
  constructor(things) {
    this.things = things;
    this.program = things.program;
    this.random = things.random;
    this.actions = things.actions;
    this.all = [];
    this.ptys = [];
    this.rows = [
      [1, () => this.tty()],
      [2, () => this.onTty()],
      [1, () => this.pty()],
      [2, () => this.onPty()],
    ]; // biome-ignore format: a table
  }

  /** A slave that is the caller's; its master is the program's. */
  #open() {
    const { raw, fds } = this.program;
    const { O_NOCTTY, O_NONBLOCK, O_RDWR, TIOCGPTPEER, TIOCSPTLCK } = raw.constants;
    if (TIOCGPTPEER === undefined) return undefined;
    const master = openSync('/dev/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK);
    raw.adopt(master);
    fds.push(master);
    raw.ioctl(master, TIOCSPTLCK, 0);
    const slave = raw.ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    return slave < 0 ? undefined : slave;
  }

  tty() {
    const { random, program, actions } = this;
    const own = this.all.length < 4 ? this.#open() : undefined;
    const fd = own ?? this.things.fd();
    const handlers = {
      data: () => program.inCallback('tty'),
      resize: actions.or(
        () => undefined,
        () => noFunction(random),
      ),
    };
    const options = actions.options(actions.signal());
    const made = actions.call('tty', () => program.loop.tty(fd, options, handlers));
    if (made !== undefined) this.all.push(made);
    else if (own !== undefined) program.raw.close(own);
  }

  onTty() {
    const { random, program, actions, all } = this;
    if (all.length === 0) return;
    const tty = random.pick(all);
    random.pick([
      () => actions.call('tty.setRawMode', () => tty.setRawMode(random.oneIn(2))),
      () => actions.call('tty.setRawMode with anything', () => tty.setRawMode(anyValue(random))),
      () => actions.call('tty.getWindowSize', () => tty.getWindowSize()),
      () =>
        actions.call('tty.onResize', () => tty.onResize(random.oneIn(2) ? () => {} : undefined)),
      () => actions.call('tty.write', () => tty.write('some bytes')),
      () => actions.call('stdout', () => program.loop.stdout.write('')),
      () => actions.call('tty.destroy', () => all.splice(all.indexOf(tty), 1)[0].destroy()),
    ])();
  }

  #length() {
    const { random, actions } = this;
    return actions.or(
      () => random.below(65536),
      () => random.pick([-1, 65536, 0.5, anyValue(random)]),
    );
  }

  pty() {
    const { random, program, actions, ptys } = this;
    if (ptys.length >= 4) return;
    const options = actions.options({
      columns: this.#length(),
      rows: this.#length(),
      pixelWidth: this.#length(),
      mode: random.oneIn(4) ? random.below(0o2000) : undefined,
      utf8: actions.or(() => random.oneIn(2)),
      highWaterMark: random.below(100),
      ...actions.signal(),
    });
    const handlers = {
      data: () => program.inCallback('pty'),
      end: () => program.inCallback('pty'),
    };
    const given = random.oneIn(3) ? undefined : actions.or(() => handlers);
    const made = actions.call('pty', () => program.loop.pty(options, given));
    if (made !== undefined) ptys.push(made);
  }

  onPty() {
    const { random, actions, ptys } = this;
    if (ptys.length === 0) return;
    const pty = random.pick(ptys);
    random.pick([
      () => actions.call('pty.resize', () => pty.resize(this.#length(), this.#length())),
      () => actions.call('pty.size', () => [pty.columns, pty.rows, pty.slavePath, pty.isClosed]),
      () => actions.call('pty.write', () => pty.master.write('some bytes\x03\x04\n')),
      () => actions.call('pty.ref', () => (random.oneIn(2) ? pty.ref() : pty.unref())),
      () => actions.call('pty spawn', () => this.#run(pty)),
      () => actions.call('pty.close', () => ptys.splice(ptys.indexOf(pty), 1)[0].close()),
    ])();
  }

  /** A program that ends by itself, whatever becomes of its terminal. */
  #run(pty) {
    const { random, program } = this;
    const stdio = random.oneIn(3) ? 'ignore' : undefined;
    program.loop.spawn('/bin/true', [], { controllingTerminal: pty, env: {}, stdio });
  }
}
