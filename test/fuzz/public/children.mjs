// Processes of a program: harmless ones, with right and wrong options; each exit is told once, and
// none after its handle is closed. Only those that it started itself are sent signals.
import { anyValue, noInteger, noNumber } from '../support/values.mjs';

const FILES = ['true', 'cat', '/bin/echo', 'false'];
const MOST = 4;

export class Children {
  constructor(things) {
    this.program = things.program;
    this.random = things.random;
    this.actions = things.actions;
    this.models = [];
    this.rows = [
      [1, () => this.random.oneIn(4) && this.spawn()],
      [2, () => this.onChild()],
      [1, () => this.random.oneIn(6) && this.waitPid()],
    ]; // biome-ignore format: a table
  }

  #number(...likely) {
    const { random, actions } = this;
    return actions.or(
      () => random.pick(likely),
      () => random.pick([-1, 2 ** 33, noInteger(random)]),
    );
  }

  #stdio() {
    const { random, actions } = this;
    const one = () =>
      actions.or(() =>
        random.pick([
          ...['pipe', 'pipe', 'ignore', 'null', 'socketpair', undefined, 'tty', 2 ** 30, -1],
          { path: '/dev/null', flags: random.pick(['r', 'w', 'q', 0, -1, undefined]) },
        ]),
      );
    return random.pick([
      () => 'ignore',
      () => 'pipe',
      () => Array.from({ length: random.below(7) }, one),
      () => anyValue(random),
    ])();
  }

  /** Nothing that makes anybody else, or leaves a process behind. */
  #options() {
    const { random, actions } = this;
    const now = (make) => (random.oneIn(5) ? make() : undefined);
    return actions.options({
      stdio: this.#stdio(),
      env: random.oneIn(10) ? anyValue(random) : {},
      cwd: now(() => actions.or(() => random.pick(['/', '/none', '']))),
      argv0: now(() => actions.or(() => 'name')),
      detached: now(() => actions.or(() => random.oneIn(2))),
      processGroup: now(() => this.#number(0)),
      umask: now(() => this.#number(0, 0o777)),
      priority: now(() => this.#number(1, 19)),
      controllingTerminal: now(() =>
        actions.or(() => random.pick(['/dev/null', '/none', 2 ** 30])),
      ),
      resourceLimits: now(() => actions.or(() => ({ RLIMIT_CORE: this.#number(0) }))),
      killSignal: now(() => actions.or(() => random.pick(['SIGKILL', 9, 0, 'SIGNONE']))),
      timeoutMs: now(() => this.#number(1, 5)),
      highWaterMark: now(() => this.#number(0, 100)),
      ...actions.signal(),
    });
  }

  spawn() {
    const { random, program, actions } = this;
    if (this.models.length >= MOST) this.#drop();
    const model = { exits: 0, isClosed: false };
    const handlers = {
      stdout: () => program.inCallback('child stdout'),
      exit: (_child, status) => {
        if (++model.exits > 1) program.report('an exit is told twice');
        if (model.isClosed) program.report('an exit is told of a child that was closed');
        if (typeof status !== 'object') program.report(`an exit is told as ${status}`);
        program.inCallback('child exit');
      },
      close: () => program.inCallback('child close'),
    };
    const file = actions.or(
      () => random.pick(FILES),
      () => random.pick(['/none', '', 'a\0b', noNumber(random)]),
    );
    const args = actions.or(() => (file === '/bin/echo' ? ['x'.repeat(random.below(9e4))] : []));
    const child = actions.call('spawn', () =>
      program.loop.spawn(
        file,
        args,
        this.#options(),
        actions.or(() => handlers),
      ),
    );
    if (child === undefined) return;
    model.child = child;
    this.models.push(model);
    // A cat reads to the end of what it is given.
    if (random.oneIn(2)) actions.call('child.stdin', () => child.stdin?.end('text'));
  }

  /** Ends it, so that none is left when the program is over. */
  #drop() {
    const model = this.models.splice(this.random.below(this.models.length), 1)[0];
    this.actions.call('child.kill', () => model.child.kill('SIGKILL'));
    model.isClosed = true;
    this.actions.call('child.close', () => model.child.close());
  }

  onChild() {
    const { random, actions } = this;
    if (this.models.length === 0) return;
    const { child } = random.pick(this.models);
    random.pick([
      () => actions.call('child.kill', () => child.kill(actions.or(() => random.pick(['SIGTERM', 0, 9, 'SIGNONE'])))),
      () => actions.call('child.ref', () => (random.oneIn(2) ? child.ref() : child.unref())),
      () => actions.call('child look', () => [child.pid, child.status, child.stdio, child.stdout, child.label]),
      () => actions.call('child.exited', () => void child.exited.catch(() => {})),
      () => actions.call('child.stdout', () => child.stdout?.destroy()),
      () => this.#drop(),
    ])(); // biome-ignore format: a table
  }

  /** Its parent's end ends this process as well: the wait is for its abort, or the loop's close. */
  waitPid() {
    const { random, program, actions } = this;
    const pid = actions.or(() =>
      random.pick([process.ppid, 2 ** 31 - 1, this.models[0]?.child.pid ?? 0]),
    );
    const { signal } = AbortSignal.timeout === undefined ? {} : { signal: AbortSignal.timeout(2) };
    const promise = actions.call('waitPid', () =>
      program.loop.waitPid(
        pid,
        actions.or(() => ({ signal })),
      ),
    );
    promise?.catch((error) => program.checkError(error, 'waitPid'));
  }

  close() {
    while (this.models.length > 0) this.#drop();
  }
}
