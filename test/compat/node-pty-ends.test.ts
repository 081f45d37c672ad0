// How a terminal of rawloop/compat/node-pty ends: nothing that was shown is lost, nothing that was
// typed, its exit is told once and last, and no process but its program is ever sent a signal.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spawn } from '../../lib/compat/node-pty/index.js';
import { DIST, runChild } from '../support/child.js';
import { temporaryFolder } from '../support/folder.js';
import { exitOf, guardTerminals, isGuest, shell, shown, shows } from './node-pty-support.js';

guardTerminals();

const until = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the end of a program, and then for longer than a terminal is kept that others have open. */
async function pastTheEndOf(pid: number): Promise<void> {
  const hasEnded = () => {
    try {
      return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return true;
    }
  };
  while (!hasEnded()) await until(5);
  await until(260);
}

/** All events of a terminal, in their order. */
function eventsOf(terminal: ReturnType<typeof shell>): string[] {
  const told: string[] = [];
  terminal.onData((data) => told.push(`data ${data.trim()}`));
  terminal.onExit(({ exitCode, signal }) => told.push(`onExit ${exitCode} ${signal}`));
  for (const event of ['end', 'close', 'exit']) {
    terminal.on(event, (...args) => told.push([event, ...args].join(' ')));
  }
  return told;
}

describe.runIf(isGuest)('the end of a terminal of node-pty', () => {
  it('is told once, in order: what was shown, its close, how the program ended', async () => {
    const terminal = shell('echo last; exit 5');
    const told = eventsOf(terminal);
    await exitOf(terminal);
    await until(5);
    expect(told).toEqual(['data last', 'end', 'close', 'onExit 5 0', 'exit 5 0']);
  });

  // With the terminal closed as the program ends (LINGER_MS 0 and no hasUnread in session.ts) most of it is
  // lost; the original loses some of it now and then.
  it('comes behind all that was shown, however much that is', async () => {
    const terminal = shell('head -c 1000000 /dev/zero', { encoding: null });
    let bytes = 0;
    terminal.onData((data) => {
      bytes += data.length;
    });
    expect([await exitOf(terminal), bytes]).toEqual([{ exitCode: 0, signal: 0 }, 1_000_000]);
  });

  // With `master.paused` not asked for in Session.#look it is lost, as with the original.
  it('waits for who has paused, and nothing is lost', async () => {
    const terminal = shell('echo one; read _; echo two');
    const told = eventsOf(terminal);
    await shows(terminal, 'one\r\n');
    terminal.pause();
    terminal.write('\n');
    await pastTheEndOf(terminal.pid);
    expect(told).toEqual(['data one']);
    terminal.resume();
    await exitOf(terminal);
    expect(told.slice(1)).toEqual(['data two', 'end', 'close', 'onExit 0 0', 'exit 0 0']);
  });

  // By a Session.resume that always lingers the terminal is closed under the program.
  it('does not come for who has paused while the program goes on', async () => {
    const terminal = shell('echo one; read _; echo two; exit 3');
    await shows(terminal, 'one\r\n');
    terminal.pause();
    terminal.resume();
    // Longer than a terminal is kept behind the end of its program.
    await until(260);
    terminal.write('\n');
    const told = eventsOf(terminal);
    await exitOf(terminal);
    const shownLast = told.filter((event) => event.startsWith('data')).join('');
    expect([shownLast, told.at(-1)]).toEqual([expect.stringMatching(/two$/), 'exit 3 0']);
  });

  it('does not wait for who has paused and ended the program himself', async () => {
    const terminal = shell('echo kept; read _');
    await shows(terminal, 'kept');
    terminal.pause();
    terminal.kill();
    expect(await exitOf(terminal)).toEqual({ exitCode: 0, signal: 1 });
    const late = shell('echo kept');
    late.pause();
    await pastTheEndOf(late.pid);
    late.kill();
    expect(await exitOf(late)).toEqual({ exitCode: 0, signal: 0 });
  });

  it('is told though another has the terminal open, which hangs up then', async () => {
    const fifo = join(temporaryFolder(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    const other = `(trap "" HUP; echo ready; echo >${fifo}; read _ </dev/tty; sleep 30)`;
    const terminal = shell(`${other} & read _ <${fifo}; echo $!`);
    const all = await shown(terminal);
    const pid = Number(/\d+/.exec(all)?.[0]);
    expect([terminal.fd, all.includes('ready')]).toEqual([-1, true]);
    process.kill(pid, 'SIGKILL');
  });

  // Without `#linger` in Session.resume nobody looks again.
  it('is told so also where what was kept for who had paused is read', async () => {
    const fifo = join(temporaryFolder(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    const other = `(trap "" HUP; echo >${fifo}; read _ </dev/tty; sleep 30)`;
    const terminal = shell(`echo one; read _; ${other} & read _ <${fifo}; echo $!`);
    await shows(terminal, 'one\r\n');
    terminal.pause();
    terminal.write('\n');
    await pastTheEndOf(terminal.pid);
    const all = shown(terminal);
    terminal.resume();
    process.kill(Number(/\d+/.exec(await all)?.[0]), 'SIGKILL');
  });

  // With EIO told, as of other streams, who listens to no error ends by it.
  it('is no error where what was typed was not read', async () => {
    const terminal = shell('stty raw -echo; echo ready; read _ </dev/null; sleep 0.05; exit 4');
    const told = eventsOf(terminal);
    terminal.on('error', ({ code }) => told.push(`error ${code}`));
    await shows(terminal, 'ready');
    terminal.write('x'.repeat(2 ** 20));
    await exitOf(terminal);
    expect(told.slice(1)).toEqual(['end', 'close', 'onExit 4 0', 'exit 4 0']);
  });

  it('comes by destroy, with a hangup, and what is written later is for nobody', async () => {
    const terminal = shell('echo ready; read _');
    await shows(terminal, 'ready');
    const told = eventsOf(terminal);
    terminal.destroy();
    terminal.destroy();
    terminal.write('late');
    await exitOf(terminal);
    expect(told).toEqual(['close', 'onExit 0 1', 'exit 0 1']);
    terminal.write('later');
    terminal.kill();
    terminal.pause().resume();
  });

  it('is told behind listeners that throw', () => {
    const said = runChild(`
      const { spawn } = require(DIST + '/compat/node-pty.cjs');
      const said = [];
      process.on('uncaughtException', (error) => said.push(error.message));
      const terminal = spawn('/bin/echo', ['shown']);
      for (const event of ['data', 'end', 'close']) {
        terminal.on(event, () => { throw new Error(event); });
      }
      terminal.on('exit', () => { report(said); throw new Error('exit'); });
    `);
    // What was thrown beside it is told behind it.
    expect((said as string[]).slice(0, 2)).toEqual(['data', 'end']);
  });
});

describe.runIf(isGuest)('what is typed', () => {
  // With `rest` not kept in Output.write it stops at some 64 KiB, with `rest.slice()` left out the
  // sum is another.
  it('arrives whole and in order, however much, also from memory that is used again', async () => {
    const script = 'stty raw -echo; echo ready; head -c 1500003 | sha1sum; echo done';
    const terminal = shell(script);
    await shows(terminal, 'ready');
    const all = shown(terminal);
    const hash = createHash('sha1');
    const buffer = Buffer.alloc(500_000);
    for (const letter of ['a', 'b', 'c']) {
      buffer.fill(letter);
      hash.update(buffer).update('-');
      terminal.write(buffer);
      terminal.write('-');
    }
    buffer.fill('x');
    expect(await all).toContain(hash.digest('hex'));
  });
});

describe.runIf(isGuest)('a program of node-pty that cannot run', () => {
  it.each([
    ['/bin/bogus.exe', {}, 'execvp(3) failed.: No such file or directory'],
    ['/etc/passwd', {}, 'execvp(3) failed.: Permission denied'],
    ['/bin/echo', { cwd: '/nowhere' }, 'chdir(2) failed.: No such file or directory'],
  ])('is shown, and has ended with 1: %s %o', async (file, options, text) => {
    const terminal = spawn(file, [], options);
    const told = eventsOf(terminal);
    // No process has it.
    expect(() => process.kill(terminal.pid, 0)).toThrow('ESRCH');
    terminal.write('for nobody');
    terminal.resize(10, 10);
    await exitOf(terminal);
    expect(told).toContain('exit 1 0');
    expect(told[0]?.startsWith(`data ${text}`)).toBe(true);
  });
});

describe.runIf(isGuest)('a process with a terminal of node-pty', () => {
  const load = `const { spawn } = require(${JSON.stringify(`${DIST}/compat/node-pty.cjs`)});`;

  it('lives as long as the program, and no longer', () => {
    const code = `${load}
      let text = '';
      const terminal = spawn('/bin/sh', ['-c', 'sleep 0.05; echo late']);
      terminal.onData((data) => { text += data; });
      process.on('exit', () => report(text));`;
    expect(runChild(code)).toBe('late\r\n');
  });

  // Without `master.unref` in Session.#look it stays for ever.
  it('is not held by one that was paused and forgotten', () => {
    const code = `${load}
      spawn('/bin/sh', ['-c', 'echo kept']).pause();
      report('over');`;
    expect(runChild(code)).toBe('over');
  });

  // Without `pty.close` where Session and OpenedPair have failed the terminal stays, and holds the loop.
  it.runIf(process.getuid?.() === 0)('has none left of what the system refused', () => {
    const code = `const { open, spawn } = require(${JSON.stringify(`${DIST}/compat/node-pty.cjs`)});
      const codeOf = (act) => { try { act(); return 'none'; } catch (error) { return error.code; } };
      const before = new BigUint64Array(2);
      const loop = rawloop.defaultLoop();
      const settled = async () => { while (loop.alive) await new Promise(setImmediate); };
      (async () => {
        open().destroy();
        await settled();
        const count = countDescriptors();
        raw.check(raw.prlimit(0, c.RLIMIT_NPROC, null, before), 'prlimit');
        raw.check(raw.prlimit(0, c.RLIMIT_NPROC, BigUint64Array.of(1n, before[1])), 'prlimit');
        const codes = [codeOf(() => spawn('/bin/true', []))];
        raw.check(raw.prlimit(0, c.RLIMIT_NPROC, before), 'prlimit');
        // With one of these there is room for the master, and none for the other side.
        const openBoth = () => open().destroy();
        for (const room of [1, 2, 3, 4]) {
          const fds = [];
          for (;;) try { fds.push(fs.openSync('/dev/null')); } catch { break; }
          for (const fd of fds.splice(-room)) fs.closeSync(fd);
          codes.push(codeOf(openBoth));
          for (const fd of fds) fs.closeSync(fd);
          await settled();
        }
        await settled();
        report([...new Set(codes), countDescriptors() - count]);
        process.exit();
      })();`;
    expect(runChild(code, { uid: 12346, maxDescriptors: 64 })).toEqual([
      'EAGAIN',
      'EMFILE',
      'none',
      0,
    ]);
  });

  // By `process.kill(this.pid)` in Session.kill the stranger dies.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'never sends a signal to another that has the number by now',
    () => {
      // In a world of processes of its own, the next number may be chosen.
      const script = `
        const { spawn } = require(${JSON.stringify(`${DIST}/compat/node-pty.cjs`)});
        const { execFileSync, spawn: start } = require('node:child_process');
        const fs = require('node:fs');
        const terminal = spawn('/bin/true', []);
        terminal.onExit(() => {
          fs.writeFileSync('/proc/sys/kernel/ns_last_pid', String(terminal.pid - 1));
          const stranger = start('/bin/sleep', ['30']);
          const isSame = stranger.pid === terminal.pid;
          terminal.kill('SIGKILL');
          terminal.destroy();
          setTimeout(() => {
            console.log(isSame, stranger.exitCode === null && stranger.signalCode === null);
            stranger.kill('SIGKILL');
          }, 20);
        });`;
      const unshare = `
        const { spawnSync } = require('node:child_process');
        const flags = ['--fork', '--pid', '--kill-child', '--mount-proc'];
        const { stdout, stderr } = spawnSync('unshare', [...flags, process.execPath, '-e', ${JSON.stringify(script)}]);
        report([String(stdout).trim(), String(stderr)]);`;
      expect(runChild(unshare)).toEqual(['true true', '']);
    },
  );
});
