// Timers, immediates, ticks and signals: nothing here has a descriptor of its own but the
// signals, and everything must be called all the same.
const TIMERS = 12;
const SIGNALS = ['SIGUSR2', 'SIGWINCH', 'SIGHUP'];

function startInterval(round, loop, name) {
  const unit = round.unit(name);
  let left = 4;
  const interval = loop.setInterval(() => {
    if (--left > 0) return;
    loop.clearInterval(interval);
    unit.done();
  }, 1.5);
}

function startChain(round, loop) {
  const unit = round.unit('a chain of immediates and ticks');
  let left = 10;
  const next = () => {
    if (--left === 0) unit.done();
    else if (left % 2 === 0) loop.setImmediate(next);
    else loop.nextTick(next);
  };
  loop.setImmediate(next);
}

/** Each signal three times, the next one when the last was heard. */
function startSignal(round, loop, name) {
  const unit = round.unit(name);
  let left = 3;
  let over = false;
  const end = (why) => {
    if (over) return;
    over = true;
    handle?.close();
    unit.end(why === undefined, why);
  };
  const handle = round.attempt(() =>
    loop.onSignal(name, (_signal, self) => {
      round.advance();
      if (self.error) {
        round.tell(self.error);
        return end(self.error.code);
      }
      if (--left === 0) return end();
      process.kill(process.pid, name);
    }),
  );
  if (handle === undefined) return end('no watch');
  // The handle does not hold the loop while the signal is on its way.
  const hold = loop.setInterval(() => {
    if (over || round.limited) loop.clearInterval(hold);
  }, 20);
  process.kill(process.pid, name);
}

export default {
  // In a handler of a signal a write to a pipe or eventfd ends well, or finds it full.
  only: { write: [], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    // Who watches it last gives it back to this, and not to the default, which ends us.
    for (const name of SIGNALS) process.on(name, ignore);
    for (let i = 0; i < TIMERS; i++) {
      const unit = round.unit(`timer ${i}`);
      loop.setTimeout(() => unit.done(), i * 0.7);
    }
    for (let i = 0; i < 3; i++) startInterval(round, loop, `interval ${i}`);
    startChain(round, loop);
    for (const name of SIGNALS) startSignal(round, loop, name);
    round.whenAllEnded(() => {
      for (const name of SIGNALS) process.off(name, ignore);
    });
  },
};

function ignore() {}
