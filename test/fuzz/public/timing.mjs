// Timers, immediates, ticks and hooks of a program, each with what must hold of its
// callbacks: none after it was cleared, none twice, none early.
import { noFunction, noNumber } from '../support/values.mjs';
import { isWith } from '../support/without.mjs';

const MOST = 40;

/** Closes one of a list of models, and takes it out. */
export function drop(random, list) {
  const at = random.below(list.length);
  list[at].close();
  list.splice(at, 1);
}

export class Timing {
  constructor(program, actions) {
    this.program = program;
    this.random = program.random;
    this.actions = actions;
    this.rows = [
      [8, () => this.timer()],
      [8, () => this.onTimer()],
      [4, () => this.immediate()],
      [2, () => this.tick()],
      [3, () => this.hook()],
    ]; // biome-ignore format: a table
  }

  timer() {
    const { random, program } = this;
    if (program.timers.length > MOST) drop(random, program.timers);
    const repeats = random.oneIn(3);
    const model = { isCleared: false, calls: 0, dueMs: 0, close: () => this.#clear(model) };
    const callback = () => {
      model.calls++;
      if (model.isCleared) program.report('a timer that was cleared is called');
      if (!repeats && model.calls > 1 && !model.isRefreshed)
        program.report('a time-out is called twice');
      if (performance.now() < model.dueMs - 0.01) {
        program.report(`a timer of ${model.ms} ms is called early`);
      }
      program.inCallback('timer');
    };
    const ms = this.actions.or(
      () => random.pick([0, 0, 0.5, 1, 1, 2, 5, 2 ** 31, 2 ** 53]),
      () => random.pick([-1, 2 ** 54, Number.NaN, noNumber(random)]),
    );
    const make = repeats ? 'setInterval' : 'setTimeout';
    model.ms = ms;
    model.dueMs = performance.now() + (typeof ms === 'number' ? ms : 0);
    const given = random.oneIn(20) ? noFunction(random) : callback;
    const timer = this.actions.call(`${make} ${typeof ms === 'number' ? ms : '?'}`, () =>
      program.loop[make](given, ms),
    );
    if (timer === undefined) return;
    model.timer = timer;
    program.timers.push(model);
  }

  #clear(model) {
    const { loop } = this.program;
    model.isCleared = true;
    const { timer } = model;
    const number = +timer;
    const how = this.random.pick([
      () => timer.close(),
      () => loop.clearTimeout(timer),
      () => loop.clearInterval(timer),
      () => loop.clearTimeout(number),
    ]);
    how();
    if (timer.active) this.program.report('a timer that was cleared is active');
  }

  onTimer() {
    const { random, program } = this;
    if (random.oneIn(10)) {
      // A number could be one of ours, and a timer.
      const value = random.pick([
        -1,
        1.5,
        Number.NaN,
        undefined,
        null,
        {},
        [],
        Symbol('x'),
        '',
        'x',
        ...(isWith('clearing') ? [{ cancel: 1 }, { close: 1 }] : []),
      ]);
      this.actions.call('clear what is none', () =>
        program.loop[random.pick(['clearTimeout', 'clearInterval', 'clearImmediate'])](value),
      );
      return;
    }
    if (program.timers.length === 0) return;
    const model = random.pick(program.timers);
    random.weighted([
      [4, () => this.actions.call('clear', () => this.#clear(model))],
      [3, () => this.actions.call('refresh', () => {
        const dueMs = performance.now() + model.timer.delayMs;
        model.timer.refresh();
        model.isCleared = false;
        model.isRefreshed = true;
        model.dueMs = dueMs;
      })],
      [2, () => this.actions.call('timer.ref', () => model.timer.ref())],
      [2, () => this.actions.call('timer.unref', () => model.timer.unref())],
    ])(); // biome-ignore format: a table
  }

  immediate() {
    const { random, program } = this;
    const model = { isCleared: false, calls: 0 };
    const callback = () => {
      if (model.isCleared || ++model.calls > 1)
        program.report('an immediate is called twice, or cleared');
      program.inCallback('immediate');
    };
    const given = this.actions.or(
      () => callback,
      () => noFunction(random),
    );
    model.handle = this.actions.call('setImmediate', () => program.loop.setImmediate(given, 1, 2));
    program.immediates.push(model);
    if (program.immediates.length > MOST) program.immediates.shift();
    if (!random.oneIn(3)) return;
    const other = random.pick(program.immediates);
    this.actions.call('clearImmediate', () => {
      other.isCleared ||= other.calls === 0;
      program.loop.clearImmediate(other.handle);
    });
  }

  tick() {
    const { random, program } = this;
    let calls = 0;
    const callback = () => {
      if (++calls > 1) program.report('a tick is called twice');
      program.inCallback('tick');
    };
    this.actions.call('nextTick', () =>
      program.loop.nextTick(
        this.actions.or(
          () => callback,
          () => noFunction(random),
        ),
        1,
      ),
    );
  }

  hook() {
    const { random, program } = this;
    if (program.hooks.length > 6) drop(random, program.hooks);
    const model = { isClosed: false };
    model.close = () => {
      model.isClosed = true;
      model.hook.close();
    };
    const callback = () => {
      if (model.isClosed) program.report('a hook that was closed is called');
      program.inCallback('hook');
    };
    const kind = random.pick(['idle', 'prepare', 'check']);
    const given = this.actions.or(
      () => callback,
      () => noFunction(random),
    );
    model.hook = this.actions.call(kind, () => program.loop[kind](given));
    if (model.hook === undefined) return;
    program.hooks.push(model);
    if (random.oneIn(2)) model.hook.unref();
  }
}
