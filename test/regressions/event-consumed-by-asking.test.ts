// Trap 44: to poll mountinfo, a sysctl file, swaps or a pressure file tells of a change
// once, and takes it. In guest mode the host polls our poller, and so the file, first.
//
// Without ToldOnce, in guest mode: no callback ever comes.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST, runChild } from '../support/child.js';

const canUnshare =
  spawnSync('unshare', ['-Urm', '--uts', 'true'], { stdio: 'ignore' }).status === 0;
const DIST_INDEX = join(DIST, 'index.cjs');
const MODES = [
  ['guest, libuv', 'libuv', true],
  ['guest, waiter', 'waiter', true],
  ['owned', '', false],
] as const;

/** Runs `script` as root of namespaces of its own. */
function runUnshared<T>(script: string, env: Record<string, string>): T {
  return runChild<T>(
    `
    const { spawnSync } = require('node:child_process');
    const inner = spawnSync('unshare', ['-Urm', '--uts', process.execPath, '-e', process.env.SCRIPT], {
        stdio: ['ignore', 2, 2, 3],
      });
    process.exitCode = inner.status ?? 1;
  `,
    { env: { ...env, DIST_INDEX, SCRIPT: INNER + script } },
  );
}

const INNER = `
  const fs = require('node:fs');
  const { spawn } = require('node:child_process');
  const rawloop = require(process.env.DIST_INDEX);
  const { EventLoop } = rawloop;
  const report = (value) => fs.writeSync(3, JSON.stringify(value));
  // By another process, a little later: while the host waits, not in a turn of ours,
  // whose own wait would ask first.
  const later = (command) => spawn('sh', ['-c', 'sleep 0.05; ' + command], { stdio: 'ignore' });
  const mount = () => later('mount -t tmpfs none /mnt');
  const open = (file) => { const fd = fs.openSync(file); fs.readFileSync(fd); return fd; };
  const loop = new EventLoop();
  const start = (then) => {
    if (process.env.OWNED !== '1') { loop.attach(); then?.(); return; }
    then?.();
    setImmediate(() => loop.run());
  };
`;

describe.runIf(canUnshare).each(MODES)('%s', (_, host, guest) => {
  const env = { RAWLOOP_HOST: host, OWNED: guest ? '0' : '1' };
  const run = <T>(script: string) => runUnshared<T>(script, env);

  it('each change is told, to each of several watchers, as priority and error', () => {
    const result = run(`
      const told = { mounts: 0, name: 0, ready: undefined };
      const next = () => {
        if (told.mounts < 2 || told.name < 1) return;
        report(told);
        loop.close();
      };
      loop.watch(open('/proc/self/mountinfo'), { priority: true }, (ready) => {
        told.ready = { priority: ready.priority, error: ready.error };
        // The next change comes when this one was told.
        if (++told.mounts === 1) mount();
        next();
      });
      loop.watch(open('/proc/sys/kernel/hostname'), { priority: true }, () => { told.name++; next(); });
      start(() => {
        mount();
        later('hostname rawloop-test');
      });
    `);
    expect(result).toEqual({ mounts: 2, name: 1, ready: { priority: true, error: true } });
  });

  it('oneshot, modify, pause and close hold', () => {
    const result = run(`
      const seen = [];
      const note = (name) => {
        seen.push(name);
        const has = (one, least) => seen.filter((other) => other === one).length >= least;
        // Each step when both were told of the one before.
        const [others, onces] = steps[0] ?? [];
        if (steps.length > 0 && has('other', others) && has('once', onces)) steps.shift()[2]();
      };
      const fd = open('/proc/self/mountinfo');
      const again = loop.watch(open('/proc/self/mountinfo'), { priority: true }, () => note('other'));
      const watcher = loop.watch(fd, { priority: true, oneshot: true }, () => note('once'));
      const change = mount;
      const steps = [
        [1, 1, change],
        [2, 1, () => { watcher.modify({ priority: true, oneshot: true }); change(); }],
        [3, 2, () => { watcher.modify({}); change(); }],
        [4, 2, () => { watcher.close(); change(); }],
        [5, 2, () => loop.setTimeout(() => { again.close(); report(seen.sort()); loop.close(); }, 50)],
      ];
      start(change);
    `);
    const others = Array(5).fill('other');
    // It was not looked at while it was spent: what happened then is told once re-armed.
    expect((result as string[]).filter((one) => one === 'other')).toEqual(others);
    expect((result as string[]).filter((one) => one === 'once').length).toBeGreaterThanOrEqual(2);
    expect((result as string[]).filter((one) => one === 'once').length).toBeLessThanOrEqual(3);
  });

  it('nothing is left when the loop closes, nor when its Worker ends', () => {
    const result = run(`
      const count = () => fs.readdirSync('/proc/self/fd').length;
      const tasks = () => fs.readdirSync('/proc/self/task').length;
      const { Worker } = require('node:worker_threads');
      const fd = open('/proc/self/mountinfo');
      loop.watch(fd, { priority: true }, () => {});
      const before = [count(), tasks()];
      loop.close();
      const closed = before[0] - count() >= 4;
      // The kernel lists a thread for a moment after it was joined.
      const gone = new Promise((resolve) => {
        const look = () => tasks() < before[1] ? resolve() : setImmediate(look);
        look();
      });
      gone.then(() => {
        const worker = new Worker(\`
          const { parentPort, workerData } = require('node:worker_threads');
          const loop = new (require(process.env.DIST_INDEX).EventLoop)().attach();
          loop.watch(workerData, { priority: true }, () => {});
          parentPort.postMessage('ready');
        \`, { eval: true, workerData: fd });
        worker.on('message', () => worker.terminate().then(() => {
          fs.closeSync(fd);
          report(closed);
        }));
      });
    `);
    expect(result).toBe(true);
  });
});
