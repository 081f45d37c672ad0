// rawloop/compat/node-pty: a program on a terminal, as npm node-pty has it. Its own tests are run by
// `npm run test:compat`. How one ends is in node-pty-ends.test.ts.
import { once } from 'node:events';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal, fork, open, spawn } from '../../lib/compat/node-pty/index.js';
import { temporaryFolder } from '../support/folder.js';
import { exitOf, guardTerminals, isGuest, shell, shown, shows } from './node-pty-support.js';

guardTerminals();
const ofLinux = isGuest && process.platform === 'linux';

describe.runIf(isGuest)('a program of node-pty', () => {
  it('has a terminal of its own, of the size that was asked for, and of 80 by 24 else', async () => {
    const script = 'stty size; test -t 0 && test -t 2 && tty; : </dev/tty && echo controls';
    const terminal = shell(script, { cols: 100, rows: 30 });
    const { pid, ptsName, cols, rows } = terminal;
    expect([pid > 0, cols, rows]).toEqual([true, 100, 30]);
    expect(await shown(terminal)).toBe(`30 100\r\n${ptsName}\r\ncontrols\r\n`);
    const other = spawn('stty', ['size']);
    expect([other.cols, other.rows]).toEqual([80, 24]);
    expect(await shown(other)).toBe('24 80\r\n');
  });

  it('is started by the older names as well, and is a shell where nothing is said', async () => {
    expect(await shown(fork('/bin/echo', ['fork']))).toBe('fork\r\n');
    expect(await shown(createTerminal('/bin/echo', ['made']))).toBe('made\r\n');
    const terminal = spawn(undefined, undefined, { env: { PATH: process.env['PATH'], PS1: '$ ' } });
    terminal.write('exit 3\r');
    expect(await exitOf(terminal)).toEqual({ exitCode: 3, signal: 0 });
  });

  it('reads what is written as what is typed: lines, echo, and Ctrl-C as a signal', async () => {
    const terminal = shell('read line; echo "<$line>"; exec sleep 30');
    terminal.write('typ');
    terminal.write(Buffer.from('ed\r'));
    await shows(terminal, 'typed\r\n<typed>\r\n');
    terminal.write('\x03');
    expect(await exitOf(terminal)).toEqual({ exitCode: 0, signal: 2 });
  });

  it('finds TERM and PWD, and nothing of the terminal that this process is in', async () => {
    const before = process.env['TMUX'];
    process.env['TMUX'] = '/tmp/other';
    try {
      const folder = realpathSync(temporaryFolder());
      const script = 'echo "$TERM|$PWD|$TMUX|$COLUMNS|$HOME"';
      const all = await shown(shell(script, { name: 'vt100', cwd: folder }));
      expect(all).toBe(`vt100|${folder}|||${process.env['HOME'] ?? ''}\r\n`);
    } finally {
      if (before === undefined) delete process.env['TMUX'];
      else process.env['TMUX'] = before;
    }
  });

  it('gets the environment that it is given, without what is undefined', async () => {
    const env = { PATH: process.env['PATH'], TMUX: 'kept', GONE: undefined, TERM: 'dumb' };
    const all = await shown(shell('env', { env, cwd: '/' }));
    const lines = all.split('\r\n').filter((line) => /^(TMUX|GONE|TERM|HOME|PWD)=/.test(line));
    expect(lines.sort()).toEqual(['PWD=/', 'TERM=dumb', 'TMUX=kept']);
  });

  it('is told of another size, also in pixels', async () => {
    const terminal = shell('trap "stty size; exit" WINCH; echo ready; while :; do read _; done');
    await shows(terminal, 'ready');
    const all = shown(terminal);
    terminal.resize(132, 43, { width: 1320, height: 860 });
    expect([terminal.cols, terminal.rows]).toEqual([132, 43]);
    expect(await all).toBe('43 132\r\n');
  });

  it('runs as a script of the shell where the kernel finds neither a program nor `#!`', async () => {
    const folder = mkdtempSync(join(temporaryFolder(), 'bin-'));
    writeFileSync(join(folder, 'script'), 'echo "ran $1"\n', { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    expect(await shown(spawn('script', ['here'], { env }))).toBe('ran here\r\n');
    expect(await shown(spawn(join(folder, 'script'), ['there']))).toBe('ran there\r\n');
  });

  // With close-on-exec taken from the master by fcntl in lib/compat/node-pty/open.ts the second has
  // it; the original, up to 1.1.0, has it so.
  it('has no descriptor but those of its terminal', async () => {
    const first = shell('read _');
    const all = await shown(shell('for fd in /proc/$$/fd/*; do echo $fd $(readlink $fd); done'));
    if (ofLinux) expect(all.match(/ \/dev\/pts\/\d+\r$/gm)?.length).toBe(3);
    expect(all).not.toContain('ptmx');
    first.kill();
    await exitOf(first);
  });
});

describe.runIf(isGuest)('a terminal of node-pty', () => {
  it('tells text whose characters are whole, and bytes of their own where it has no encoding', async () => {
    const script = 'printf "\\303"; sleep 0.02; printf "\\246\\n"';
    expect(await shown(shell(script))).toBe('æ\r\n');
    const chunks: Buffer[] = [];
    const terminal = shell('printf "\\303\\246"; sleep 0.02; printf "\\303"', { encoding: null });
    terminal.on('data', (chunk) => chunks.push(chunk));
    await exitOf(terminal);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([0xc3, 0xa6, 0xc3]));
    // The last of it is there as well, though three bytes make four characters.
    const text = await shown(shell('printf 12345', { encoding: 'base64' }));
    expect(Buffer.from(text, 'base64').toString()).toBe('12345');
  });

  it('may be told another encoding', async () => {
    const terminal = shell('echo hi');
    terminal.setEncoding('hex');
    expect(await shown(terminal)).toBe('68690d0a');
    expect(() => terminal.setEncoding('none')).toThrow('Unknown encoding: none');
  });

  it('tells onData before on, and neither once it was let go of', async () => {
    const terminal = shell('echo 1; read _; echo 2');
    const told: string[] = [];
    const listener = (data: string) => told.push(`on ${data.trim()}`);
    const twice = (data: string) => told.push(`onData ${data.trim()}`);
    terminal.on('data', listener);
    const first = terminal.onData(twice);
    const second = terminal.onData(twice);
    await shows(terminal, '1');
    first.dispose();
    first.dispose();
    expect(told).toEqual(['onData 1', 'onData 1', 'on 1']);
    second.dispose();
    terminal.removeListener('data', listener);
    terminal.once('data', listener);
    terminal.write('\n');
    await exitOf(terminal);
    expect([told.length, told[3]]).toEqual([4, expect.stringMatching(/^on/)]);
  });

  it('pauses by what flow control says, which is not typed', async () => {
    const terminal = shell('stty raw -echo; echo ready; head -c 3', { handleFlowControl: true });
    await shows(terminal, 'ready\n');
    const told: string[] = [];
    terminal.on('pause', () => told.push('pause'));
    terminal.on('resume', () => told.push('resume'));
    terminal.onData((data) => told.push(data));
    terminal.write('\x13');
    terminal.write('a');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toEqual(['pause']);
    terminal.write('\x11');
    terminal.handleFlowControl = false;
    terminal.write('\x13\x11');
    await exitOf(terminal);
    expect(told.slice(0, 2)).toEqual(['pause', 'resume']);
    expect(told.slice(2).join('')).toBe('a\x13\x11');
  });

  it('takes other strings for it', async () => {
    const options = { handleFlowControl: true, flowControlPause: 'STOP', flowControlResume: 'GO' };
    const terminal = shell('stty raw -echo; echo ready; head -c 6', options);
    await shows(terminal, 'ready\n');
    let paused = 0;
    terminal.on('pause', () => paused++);
    terminal.write('STOP');
    terminal.write('GO');
    terminal.write('STOPGO');
    expect([await shown(terminal), paused]).toEqual(['STOPGO', 1]);
  });

  it('is piped to who takes its time, and ends it', async () => {
    const pieces: string[] = [];
    const slow = new Writable({
      highWaterMark: 1000,
      write(chunk, _encoding, done) {
        pieces.push(String(chunk));
        setImmediate(done);
      },
    });
    shell('head -c 50000 /dev/zero | tr "\\0" x').pipe(slow);
    await once(slow, 'finish');
    expect(pieces.join('')).toBe('x'.repeat(50000));
  });

  it.runIf(ofLinux)('says what runs in its foreground', async () => {
    const terminal = spawn('sh', ['-i'], { env: { PATH: process.env['PATH'], PS1: '$ ' } });
    await shows(terminal, '$ ');
    expect(terminal.process).toBe('sh');
    terminal.write('exec sleep 30\r');
    while (terminal.process !== 'sleep') await new Promise((resolve) => setTimeout(resolve, 2));
    terminal.kill();
    await exitOf(terminal);
    expect([terminal.process, terminal.fd]).toEqual(['sh', -1]);
  });

  it.runIf(ofLinux)('has the modes of the original', async () => {
    const all = await shown(spawn('stty', ['-a']));
    for (const mode of [
      'brkint',
      'icrnl',
      'ixon',
      'ixany',
      'imaxbel',
      'iutf8',
      'onlcr',
      'echoke',
    ]) {
      expect(all).toMatch(new RegExp(`(?<![\\w-])${mode}\\b`));
    }
    expect(await shown(spawn('stty', ['-a'], { encoding: null }))).toContain('-iutf8');
  });

  it.runIf(ofLinux && process.getuid?.() === 0)(
    'is the user’s that its program becomes',
    async () => {
      const script = 'id -u; id -g; stat -c %u $(tty); echo opened >$(tty)';
      const all = await shown(shell(script, { uid: 1, gid: 1, cwd: '/' }));
      expect(all).toBe('1\r\n1\r\n1\r\nopened\r\n');
    },
  );
});

describe.runIf(isGuest)('both sides of a terminal of node-pty', () => {
  it('are streams, with the terminal between them, and nobody to signal', async () => {
    const pair = open({ cols: 40 });
    const [typed, seen] = [[] as string[], [] as string[]];
    pair.slave.on('data', (data) => typed.push(data));
    pair.master.on('data', (data) => seen.push(data));
    pair.slave.write('slave\n');
    pair.write('master\n');
    while (typed.join('') !== 'master\n' || seen.join('').length < 15) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(seen.join('').replace('master\r\n', '')).toBe('slave\r\n');
    expect([pair.pid, pair.cols, pair.rows, pair.fd >= 0]).toEqual([-1, 40, 24, true]);
    expect(pair.ptsName).toMatch(/^\/dev\//);
    // As root the original ends every process of the machine by this, and by `destroy`.
    pair.kill('SIGKILL');
    const closed = [once(pair.master, 'close'), once(pair.slave, 'close')];
    pair.destroy();
    await Promise.all(closed);
    expect(pair.fd).toBe(-1);
  });
});
