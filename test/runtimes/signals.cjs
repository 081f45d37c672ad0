// Signals, whoever drives the loop and whoever else listens. Node's libuv tells them; in
// Bun and Deno a handler of our own does, beside the host's.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const { test } = require('./runner.cjs');
const { DIST, MODES, rawloop, host, drive, until, runProgram } = require('./support.cjs');

const { EventLoop } = rawloop;
const raise = (signal) => process.kill(process.pid, signal);
/** Where a signal is told that found nobody: time enough for what should not come. */
const aLittle = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const mode of MODES) {
  test(`${mode}: signals are events of the loop, each counted`, async () => {
    const loop = new EventLoop();
    const log = [];
    const handle = loop.onSignal('SIGUSR2', (signal) => {
      log.push(signal);
      if (log.length === 3) handle.close();
    });
    handle.ref();
    loop.setTimeout(() => {
      for (let i = 0; i < 3; i++) raise('SIGUSR2');
    }, 5);
    await drive(loop, mode);
    assert.deepStrictEqual(log, ['SIGUSR2', 'SIGUSR2', 'SIGUSR2']);
    loop.close();
  });
}

test("the host's listeners come and go, and all hear", async () => {
  const loop = new EventLoop().attach();
  let log = [];
  const listener = () => log.push('host');
  let handle;
  const watch = () => {
    handle = loop.onSignal('SIGHUP', () => log.push('loop')).ref();
  };
  const steps = [
    [() => process.on('SIGHUP', listener), 'host'],
    [watch, 'host loop'],
    [() => process.off('SIGHUP', listener), 'loop'],
    [() => process.once('SIGHUP', listener), 'host loop'],
    [() => {}, 'loop'],
    [() => handle.close() || process.on('SIGHUP', listener), 'host'],
    [watch, 'host loop'],
    [() => process.off('SIGHUP', listener), 'loop'],
  ];
  for (const [act, hearers] of steps) {
    act();
    await aLittle();
    raise('SIGHUP');
    await until(() => log.length >= hearers.split(' ').length);
    await aLittle();
    assert.deepStrictEqual(log.sort().join(' '), hearers);
    log = [];
  }
  loop.close();
});

test('a child of the host ends, and SIGCHLD is heard by both', async () => {
  const { spawn } = require('node:child_process');
  const loop = new EventLoop().attach();
  let told = 0;
  loop.onSignal('SIGCHLD', () => told++);
  await new Promise((resolve) => spawn('true').on('exit', resolve));
  const before = told;
  raise('SIGCHLD');
  await until(() => told > before);
  await new Promise((resolve) => spawn('true').on('exit', resolve));
  loop.close();
});

test('it does not keep the process alive', () => {
  const { status, said } = runProgram(`
    const loop = defaultLoop();
    loop.onSignal('SIGUSR2', () => {});
    loop.setTimeout(() => say('last'), 5);`);
  assert.deepStrictEqual([status, said], [0, ['last']]);
});

test('a signal that came before the end is told', () => {
  const { status, said } = runProgram(`
    const loop = defaultLoop();
    setTimeout(() => {
      loop.onSignal('SIGUSR2', (signal) => {
        say(signal);
        // Deno asks some time later whether anybody listens, and ends by the signal when it is ending.
        setTimeout(() => {}, ${host === 'deno' ? 500 : 0});
      });
      process.kill(process.pid, 'SIGUSR2');
    }, 5);`);
  assert.deepStrictEqual([status, said], [0, ['SIGUSR2']]);
});

test('its default is back once the handle is closed', () => {
  const { status, signal, said } = runProgram(`
    const loop = new EventLoop();
    loop.onSignal('SIGUSR2', (_signal, handle) => { say('caught'); handle.close(); });
    process.kill(process.pid, 'SIGUSR2');
    loop.run();
    loop.close();
    // Deno is asked some time later whether anybody listens.
    setTimeout(() => process.kill(process.pid, 'SIGUSR2'), ${host === 'deno' ? 500 : 0});
    setTimeout(() => say('alive'), 3000);`);
  assert.deepStrictEqual([said, signal ?? status], [['caught'], 'SIGUSR2']);
});

test.unless(
  host === 'bun' && 'in a Worker Bun has no listeners, and the first of the main thread takes over',
  'none is lost while listeners come and go in two threads',
  () => {
    const race = path.join(__dirname, '../signals/race.cjs');
    const { status, said } = runProgram(
      `process.argv[2] = '200'; require(${JSON.stringify(race)});`,
      { env: { RAWLOOP_DIST: DIST } },
    );
    assert.deepStrictEqual(
      [status, said.at(-1)],
      [0, '200 rounds in each of two threads: 0 and 0 lost'],
    );
  },
);
