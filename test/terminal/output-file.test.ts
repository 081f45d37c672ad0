// stdout and stderr that are files: written by threads, in the order of the calls, to where the file
// stands, and to the last byte whatever ends the process but a signal.
//
// Without `isDirect` before `end` (settle, lib/terminal/file-queue.ts) a piece is written twice; without
// takeBack (lib/pool/fs/writer.ts) what waits for a thread is too, or the process waits for the
// thread's other work; without isSameFile (lib/terminal/stdio.ts) stdout and stderr part in one file;
// without onClosing (lib/terminal/exit.ts) `close` loses what waits, without settleForGood what is
// written behind us, and without `unwritten` the loop that was forgotten. Without the blocked signal
// of writeFileNow the process dies of SIGXFSZ. Without `pid` of lib/terminal/exit.ts a child made by
// fork(2) waits for threads that it does not have. Without pieces in `write` (lib/terminal/output-file.ts)
// much at once is more than the loop may keep.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DIST } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { type End, endOf, program } from './support.js';

const isLinux = process.platform === 'linux';
// V8 keeps its heap out of children made by fork(2), but for this one.
const [fork, preload] = [compiled('fork-addon.c'), compiled('fork-preload.c')];
const HELPERS = `
  const report = (value) => require('fs').writeSync(3, JSON.stringify(value));
  const { stdout, stderr } = loop;`;

interface Seen {
  readonly end: End;
  readonly report: unknown;
}

/** A shell's command in which "$0" "$@" is the program; descriptor 3 is what it reports to. */
async function run(command: string, mode: string, script: string, cwd: string): Promise<Seen> {
  const args = [
    '-c',
    command,
    process.execPath,
    '--expose-gc',
    '-e',
    program(mode, HELPERS + script),
  ];
  const child = spawn('bash', args, { cwd, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  let told = '';
  child.stdio[3]?.on('data', (bytes: Buffer) => {
    told += bytes;
  });
  const end = await endOf(child);
  return { end, report: told === '' ? undefined : JSON.parse(told) };
}

/** Writes numbers to stdout and stderr by turns, more than one write takes. */
const COUNT = 5000;
const WRITES = `
  for (let i = 0; i < ${COUNT}; i++) (i % 60 < 20 ? stderr : stdout).write(i + ';');`;
const WRITTEN = Array.from({ length: COUNT }, (_, i) => `${i};`).join('');

/** What ends the process behind the writes, and its code. */
const ENDS: [name: string, end: string, code: number][] = [
  ['process.exit()', `loop.setImmediate(() => { ${WRITES} process.exit(5); });`, 5],
  ['its end', `loop.setImmediate(() => { ${WRITES} });`, 0],
  ['an error', `loop.setImmediate(() => { ${WRITES} throw new Error('it ends'); });`, 1],
  ['loop.close()', `${WRITES} loop.close(); process.reallyExit(6);`, 6],
  [
    'loop.close() in a callback',
    `loop.setImmediate(() => { ${WRITES} loop.close(); setTimeout(() => process.reallyExit(6), 1); });`,
    6,
  ],
  [
    'a thread that is busy',
    `const other = new EventLoop({ poolSize: 1 });
     other.crypto.pbkdf2('p', 's', 300_000, 64, 'sha512').catch(() => {});
     loop.setImmediate(() => {
       for (let i = 0; i < ${COUNT}; i++) (i % 60 < 20 ? other.stderr : other.stdout).write(i + ';');
       process.exit(5);
     });`,
    5,
  ],
  ['a pool that is closed', `loop.pool.close(); loop.setImmediate(() => { ${WRITES} });`, 0],
  [
    'a pool that is closed meanwhile',
    `loop.setImmediate(() => { ${WRITES} loop.pool.close(); });`,
    0,
  ],
  [
    'a listener of the exit behind ours',
    `process.on('exit', () => { ${WRITES} }); process.exit(5);`,
    5,
  ],
  [
    'a loop that is forgotten',
    `setImmediate(() => {
       (() => {
         const { stdout, stderr } = new EventLoop();
         ${WRITES}
       })();
       setTimeout(gc, 1);
       setTimeout(gc, 5);
       setTimeout(() => process.exit(5), 10);
     });`,
    5,
  ],
];

describe.runIf(isLinux).each(DRIVE_MODES)('stdout and stderr that are one file, %s', (mode) => {
  it('have all that was written, in its order, behind every end', async () => {
    const folder = temporaryFolder();
    const results = ENDS.map(async ([name, script, code], index) => {
      const command = `"$0" "$@" >${index} 2>&1`;
      const { end } = await run(command, mode, script, folder);
      const text = readFileSync(join(folder, `${index}`), 'latin1');
      // Behind it stands what the host says of the error.
      const isWhole = code === 1 ? text.startsWith(WRITTEN) : text === WRITTEN;
      return [name, end, isWhole];
    });
    expect(await Promise.all(results)).toEqual(ENDS.map(([name, , code]) => [name, code, true]));
  });

  it('are written to where the file stands, between what others write to it', async () => {
    const folder = temporaryFolder();
    const script = `stdout.write('two ');
      stdout.drained.then(() => {
        require('fs').writeSync(1, 'three ');
        stderr.end('four ');
        stdout.end('five ');
      });`;
    const command = '{ printf "one "; "$0" "$@" 2>&1; printf "six "; }';
    writeFileSync(join(folder, 'appended'), 'before ');
    await run(`${command} >written; ${command} >>appended`, mode, script, folder);
    const texts = ['written', 'appended'].map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(texts).toEqual(['one two three four five six ', 'before one two three four five six ']);
  });

  it('that cannot be written say why, and the process lives on', async () => {
    const folder = temporaryFolder();
    const script = `
      const told = [];
      const codes = (which) => which.closed.catch(({ code, syscall }) => told.push(code + ' ' + syscall));
      // More than a turn may queue is written in the call, the rest by threads.
      Promise.all([codes(stdout), codes(stderr)]).then(() => report([told, stdout.write('more')]));
      stdout.write(Buffer.alloc(5 * 2 ** 20));
      stderr.write(Buffer.alloc(5000));`;
    const [limited, full, late] = [
      await run('ulimit -f 4; "$0" "$@" >1 2>2', mode, script, folder),
      await run('"$0" "$@" >/dev/full 2>/dev/full', mode, script, folder),
      await run(
        'ulimit -f 4; "$0" "$@" >3',
        mode,
        `stdout.write(Buffer.alloc(9000)); process.exit(5)`,
        folder,
      ),
    ];
    expect([limited, full, late.end]).toEqual([
      { end: 0, report: [['EFBIG write', 'EFBIG write'], false] },
      { end: 0, report: [['ENOSPC write', 'ENOSPC write'], false] },
      5,
    ]);
    expect(['1', '2', '3'].map((name) => readFileSync(join(folder, name)).length)).toEqual([
      4096, 4096, 4096,
    ]);
  });

  it('say when there is room, and take any number of bytes in bounded memory', async () => {
    const folder = temporaryFolder();
    const script = `
      const big = Buffer.alloc(3 * 2 ** 20, 'big');
      let most = 0;
      const takes = [stdout.write('a little')];
      for (let i = 0; i < 100; i++) {
        takes[1] = stdout.write(Buffer.alloc(50_000, 'more'));
        most = Math.max(most, stdout.bufferedBytes);
      }
      takes[2] = stdout.write(big.toString());
      most = Math.max(most, stdout.bufferedBytes);
      // More at once than its loop may have waiting.
      const small = new EventLoop({ maxBufferedBytes: 2 ** 21 });
      small.stdout.write(big);
      takes[3] = small.stdout.active;
      try { stdout.write(big, { fds: [0] }); } catch ({ code }) { takes[4] = code; }
      stdout.drained.then(() => report([takes, most <= 2 ** 20 + 50_000, stdout.bufferedBytes, stdout.bytesWritten]));`;
    const { report } = await run('"$0" "$@" >1 2>&1', mode, script, folder);
    const big = 3 * 2 ** 20;
    const bytes = 8 + 5_000_000 + big;
    const takes = [true, false, true, true, 'ERR_INVALID_ARG_VALUE'];
    expect(report).toEqual([takes, true, 0, bytes]);
    expect(readFileSync(join(folder, '1')).length).toBe(bytes + big);
  });

  it('are written past what a thread is busy with, however long that is', async () => {
    // It waits in open(2) for somebody who writes.
    const script = `
      const { closeSync, openSync } = require('fs');
      const busy = new EventLoop({ poolSize: 1 });
      busy.fs.open('fifo', 'r').catch(() => {});
      const waits = () => {
        if (busy.pool.stats().running === 0) return void loop.setImmediate(waits);
        busy.stdout.write('first;');
        // More than may wait: so it is written in the call.
        busy.stdout.write(Buffer.alloc(${2 ** 20}, 'more;'));
        report([busy.stdout.bufferedBytes, busy.pool.stats().running]);
        closeSync(openSync('fifo', 'w'));
        process.exit(5);
      };
      loop.setImmediate(waits);`;
    const folder = temporaryFolder();
    execFileSync('mkfifo', ['fifo'], { cwd: folder });
    const seen = await run('timeout -s KILL 40 "$0" "$@" >1', mode, script, folder);
    expect(seen).toEqual({ end: 5, report: [0, 1] });
    const text = readFileSync(join(folder, '1'), 'latin1');
    expect([text.length, text.slice(0, 10)]).toEqual([6 + 2 ** 20, 'first;more']);
  });

  it('of a Worker are written when it ends by itself and by process.exit()', async () => {
    const folder = temporaryFolder();
    const worker = (end: string) => `new (require('worker_threads').Worker)(\`
      const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
      const loop = new EventLoop().attach();
      const { stdout, stderr } = loop;
      ${WRITES.replaceAll('`', '')} ${end}\`, { eval: true });`;
    const ends = ['', 'process.exit();'];
    const all = ends.map((end, at) => run(`"$0" "$@" >${at} 2>&1`, mode, worker(end), folder));
    await Promise.all(all);
    const whole = ends.map((_, at) => readFileSync(join(folder, `${at}`), 'latin1') === WRITTEN);
    expect(whole).toEqual([true, true]);
  });

  it('are the parent’s in a child made by fork(2), which says nothing twice', async () => {
    const folder = temporaryFolder();
    const script = `
      const { inChild } = require(${JSON.stringify(fork)});
      for (let i = 0; i < 1000; i++) stdout.write('once;');
      const code = inChild(() => process.emit('exit', 0));
      report(code);`;
    const { report } = await run(`LD_PRELOAD=${preload} "$0" "$@" >1 2>&1`, mode, script, folder);
    expect(report).toBe(0);
    expect(readFileSync(join(folder, '1'), 'latin1')).toBe('once;'.repeat(1000));
  });
});

describe.runIf(isLinux).each(DRIVE_MODES)('a file whose disk does not answer, %s', (mode) => {
  it('holds a thread, and the loop goes on', async ({ skip }) => {
    const folder = temporaryFolder();
    const [mount, server] = [join(folder, 'mount'), join(folder, 'server')];
    const source = join(import.meta.dirname, '../support/fuse-server.c');
    if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) skip('there is no FUSE for us');
    execFileSync('cc', ['-o', server, source]);
    mkdirSync(mount);
    const serving = spawn(server, [mount], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => {
      serving.kill('SIGKILL');
      spawnSync('umount', ['-l', mount]);
    });
    const isReady = await new Promise((resolve) => {
      serving.stdout.once('data', () => resolve(true));
      serving.once('exit', () => resolve(false));
    });
    if (!isReady) skip('a FUSE file system cannot be mounted');
    // Nothing of ours may be asked of the server meanwhile: the program stops it, and lets it go on.
    const script = `
      const told = [];
      process.kill(${serving.pid}, 'SIGSTOP');
      stdout.write('an answer is waited for;');
      let turns = 0;
      const interval = loop.setInterval(() => {
        if (++turns < 20 || loop.pool.stats().running === 0) return;
        loop.clearInterval(interval);
        told.push(loop.pool.stats().running, stdout.bufferedBytes);
        stdout.end();
        process.kill(${serving.pid}, 'SIGCONT');
      }, 1);
      stdout.closed.then(() => report([...told, stdout.bufferedBytes, stdout.bytesWritten]));`;
    const { end, report } = await run('"$0" "$@" 1<>mount/kept', mode, script, folder);
    expect([end, report]).toEqual([0, [1, 24, 0, 24]]);
  });
});
