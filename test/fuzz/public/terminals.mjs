// Terminals of a program: pseudoterminals whose masters are streams of it, and stdout, to which
// nothing but nothing is written.
import { openSync } from 'node:fs';
import { anyValue, noFunction } from '../support/values.mjs';

export class Terminals {
  constructor(things) {
    this.things = things;
    this.program = things.program;
    this.random = things.random;
    this.actions = things.actions;
    this.all = [];
    this.rows = [
      [1, () => this.tty()],
      [2, () => this.onTty()],
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
}
