// Programs on terminals: `node-pty.mjs npm-node-pty FOLDER` by that package, `node-pty.mjs compat` by
// what stands in for it. `true` starts /bin/true and waits for its exit: CPU time of this process and
// of the program. The others move MB through one terminal: CPU time of this process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { serve, startClocks } from './serve.mjs';

const [, folder] = process.argv.slice(2);
const { spawn } = createRequire(import.meta.url)(folder ?? '../../dist/compat/node-pty.cjs');
const MB = 1_000_000;
/** Ticks of /proc/self/stat; 100 a second on every Linux. */
const TICK_NS = 1e7;
/** What this process holds, so that it is large. @type {Buffer | undefined} */
let _ballast;

/** CPU time of children that were waited for. */
function childrenNs() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_NS;
}

/** @param {number} ms */
function trueFor(ms) {
  return new Promise((resolve) => {
    const read = startClocks();
    const before = childrenNs();
    const endMs = performance.now() + ms;
    let count = 0;
    const next = () => {
      if (performance.now() < endMs) {
        count++;
        spawn('/bin/true', [], {}).onExit(next);
        return;
      }
      const figures = read(count);
      resolve({ ...figures, cpuNs: figures.cpuNs + childrenNs() - before });
    };
    next();
  });
}

/**
 * A program shows so many MB.
 * @param {number} count
 * @param {string | null} encoding
 */
function show(count, encoding) {
  return new Promise((resolve) => {
    const read = startClocks();
    let bytes = 0;
    const script = `stty raw; exec dd if=/dev/zero bs=1000000 count=${count} status=none`;
    const terminal = spawn('/bin/sh', ['-c', script], { encoding });
    terminal.onData((/** @type {string} */ data) => {
      bytes += data.length;
    });
    terminal.onExit(() => resolve(read(bytes / MB)));
  });
}

/**
 * A program reads so many MB.
 * @param {number} count
 */
function type(count) {
  return new Promise((resolve) => {
    const script = `stty raw -echo; echo ready; exec head -c ${count * MB} >/dev/null`;
    const terminal = spawn('/bin/sh', ['-c', script], {});
    const chunk = Buffer.alloc(MB, 'x');
    let read = startClocks();
    terminal.onData(() => {
      read = startClocks();
      for (let i = 0; i < count; i++) terminal.write(chunk);
    });
    terminal.onExit(() => resolve(read(count)));
  });
}

/** @type {(ms: number) => number} */
const megabytes = (ms) => Math.max(20, Math.round(ms / 20));

serve({
  true: ({ ms }) => trueFor(ms),
  read: ({ ms }) => show(megabytes(ms), 'utf8'),
  'read-bytes': ({ ms }) => show(megabytes(ms), null),
  write: ({ ms }) => type(megabytes(ms)),
  'true-1g': ({ ms }) => {
    _ballast ??= Buffer.alloc(2 ** 30, 1);
    return trueFor(ms);
  },
});
