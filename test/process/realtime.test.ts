// Signals from SIGRTMIN to SIGRTMAX: each is told, with its value and its sender.
//
// With libuv's dispatcher for these as well (isRealtime false, lib/process/realtime-port.ts) there is no
// info. Without `lost` of native/process/realtime_table.cc nobody says that some were. Without Uninstall
// and without what OnSignal does where nobody watches the last test's process does not die: either is
// enough, if nobody else has changed the action.
import { describe, expect, it } from 'vitest';
import { DRIVE } from '../stream/support.js';
import { endOfChild, runChild } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';

const isLinux = process.platform === 'linux';
const child = (script: string) => `${DRIVE}
  /** To this process: values from the second argument on. */
  const sigqueue = (signal, value, count) => {
    for (let i = 0; i < count; i++) raw.check(raw.sigqueue(process.pid, signal, value + i), 'sigqueue');
  };
  const loop = new EventLoop();
  ${script}`;

describe.runIf(isLinux).each(DRIVE_MODES)('real-time signals, %s', (mode) => {
  it('are told with value, sender and kind, by each of their names', () => {
    const [told, pid, uid] = runChild<[unknown[], number, number]>(
      child(`
      const told = [];
      const tell = (signal, handle, error, info) => {
        told.push([signal, info]);
        if (told.length === 5) for (const one of handles) one.close();
      };
      const handles = ['SIGRTMIN', 'SIGRTMIN+3', 'SIGRTMAX-1', 'SIGHUP'].map((name) => loop.onSignal(name, tell).ref());
      sigqueue(c.SIGRTMIN, 7, 1);
      sigqueue(c.SIGRTMIN + 3, -(2 ** 31), 1);
      sigqueue(c.SIGRTMAX - 1, 2 ** 31 - 1, 1);
      process.kill(process.pid, c.SIGRTMIN);
      driveIn('${mode}', loop, () => report([told, process.pid, process.getuid()]));
      loop.setImmediate(() => loop.setImmediate(() => raise('SIGHUP')));`),
    );
    const info = { pid, uid, lost: 0 };
    expect(told).toEqual([
      ['SIGRTMIN', { ...info, code: -1, value: 7 }],
      ['SIGRTMIN+3', { ...info, code: -1, value: -(2 ** 31) }],
      ['SIGRTMAX-1', { ...info, code: -1, value: 2 ** 31 - 1 }],
      ['SIGRTMIN', { ...info, code: 0, value: 0 }],
      ['SIGHUP', null],
    ]);
  });

  it('are all told, in their order, to each loop that watches', () => {
    const result = runChild(
      child(`
      const other = new EventLoop();
      const told = [0, 0];
      let inOrder = true;
      const watch = (which, by) => by.onSignal('SIGRTMIN+2', (_signal, handle, _error, info) => {
        inOrder &&= info.value === told[which]++;
        if (info.value === 4999) handle.close();
      }).ref();
      watch(0, loop);
      watch(1, other);
      sigqueue(c.SIGRTMIN + 2, 0, 5000);
      driveIn('${mode}', loop, () => driveIn('${mode}', other, () => report([told, inOrder])));`),
    );
    expect(result).toEqual([[5000, 5000], true]);
  });

  it('and others once, as a promise', () => {
    const told = runChild(
      child(`
      const told = [];
      const controller = new AbortController();
      const tell = (value) => told.push(value);
      const fail = ({ code }) => told.push(code);
      const usual = loop.onceSignal('SIGHUP').then(tell);
      const both = usual.then(() => loop.onceSignal('SIGRTMIN'));
      both.then(({ signal, value }) => tell([signal, value])).then(() => controller.abort());
      usual.then(() => sigqueue(c.SIGRTMIN, 9, 2));
      loop.onceSignal('SIGUSR2', { signal: controller.signal }).catch(fail);
      loop.onceSignal('SIGUSR2', { signal: AbortSignal.abort() }).catch(fail);
      loop.onceSignal('SIGNONE').catch(fail);
      loop.onceSignal('SIGRTMAX+1').catch(fail);
      raise('SIGHUP');
      driveIn('${mode}', loop, () => {
        loop.onceSignal('SIGHUP').catch(fail).then(() => report(told));
        loop.close();
      });`),
    );
    expect(told).toEqual([
      'ABORT_ERR',
      'ERR_INVALID_ARG_VALUE',
      'ERR_INVALID_ARG_VALUE',
      ...[{ signal: 'SIGHUP' }, ['SIGRTMIN', 9]],
      ...['ABORT_ERR', 'ERR_HANDLE_CLOSED'],
    ]);
  });
});

it.runIf(isLinux)('more than 65,536 that wait are counted, and said with the next, once', () => {
  const result = runChild(
    child(`
    let told = 0, lost = 0;
    loop.onSignal('SIGRTMIN', (_signal, handle, _error, info) => {
      told++;
      lost += info.lost;
      if (told === 1) sigqueue(c.SIGRTMIN, -2, 2);
      if (info.value === -1) handle.close();
    }).ref();
    sigqueue(c.SIGRTMIN, 0, 70_000);
    driveIn('owned', loop, () => report([told, lost]));`),
  );
  expect(result).toEqual([65_538, 70_000 - 65_536]);
});

// Without the read in RealtimePort::Take the descriptor stays readable, and the loop never waits again.
it.runIf(isLinux)('one that was told is told of no more', () => {
  const result = runChild(
    child(`
    let told = 0;
    const handle = loop.onSignal('SIGRTMIN', () => told++).ref();
    sigqueue(c.SIGRTMIN, 1, 3);
    while (told < 3) loop.run('once');
    loop.run('nowait');
    const events = () => loop.metrics().handles.map((one) => one.events);
    const before = events();
    for (let i = 0; i < 3; i++) loop.run('nowait');
    const after = events();
    const polled = raw.check(raw.poll(Int32Array.of(loop.poller.fd, c.POLLIN, 0), 1, 0), 'poll');
    handle.close();
    report([before.length, after.map((count, i) => count - before[i]), polled]);`),
  );
  expect(result).toEqual([2, [0, 0], 0]);
});

it.runIf(isLinux)('one that nobody watches any more ends the process', () => {
  const end = endOfChild(
    child(`
    loop.onSignal('SIGRTMIN', (_signal, handle) => handle.close()).ref();
    sigqueue(c.SIGRTMIN, 1, 1);
    driveIn('owned', loop, () => {
      report('survived');
      sigqueue(c.SIGRTMIN, 1, 1);
      setTimeout(() => {}, 10000);
    });`),
  );
  expect(end).toMatchObject({ report: 'survived', stderr: '' });
  expect(end.status).not.toBe(0);
});
