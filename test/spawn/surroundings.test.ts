// What surrounds a child's program: its folder, environment, name, user, session, terminal, mask,
// priority, limits; and signals, as they are by default whatever this process does with its own.
//
// Without ResetSignals in the child "default actions" finds SIGPIPE, which Node ignores, among
// those that are ignored, and what a program does with it.
import { spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { DIST, runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { ended, guardChildren, shell } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const opened = new Opened();
const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--dump'], { stdio: 'ignore' }).status === 0;

async function said(script: string, options = {}): Promise<string[]> {
  const { stdout, stderr } = await shell(test.loop, 'owned', script, options);
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

/** Fields of /proc/self/status of a program that is no shell. */
async function status(names: RegExp, options = {}): Promise<Record<string, string>> {
  const end = await ended(test.loop, 'owned', 'cat', ['/proc/self/status'], options);
  const fields = [...end.stdout.matchAll(/^(\w+):[ \t]*(.*?)[ \t]*$/gm)];
  return Object.fromEntries(
    fields.filter(([, name]) => names.test(name as string)).map(([, name, value]) => [name, value]),
  );
}

it('folder, environment and name', async () => {
  const env = { A: 'ä', EMPTY: '', NOT: undefined, PATH: '/bin:/usr/bin' };
  expect(await said('pwd; echo "$A|$EMPTY|$(env | grep -c ^NOT=)"', { cwd: '/usr', env })).toEqual([
    '/usr',
    'ä||0',
  ]);
  const end = await ended(test.loop, 'owned', '/bin/sh', ['-c', 'echo $0'], { argv0: 'other' });
  expect(end.stdout).toBe('other\n');
  const none = await ended(test.loop, 'owned', 'env', [], { env: {} });
  expect(none.stdout).toBe('');
  const { env: own } = process;
  onTestFinished(() => {
    process.env = own;
  });
  process.env = { ...own, EXTRA: 'of another object' };
  expect(await said('echo "$EXTRA"')).toEqual(['of another object']);
});

it('a name is looked for in the PATH that the child gets, relative to its folder', async () => {
  const { loop } = test;
  const options = { env: { PATH: 'nowhere::bin' }, cwd: '/usr' };
  expect((await ended(loop, 'owned', 'true', [], options)).status.code).toBe(0);
  expect((await ended(loop, 'owned', './true', [], { cwd: '/usr/bin' })).status.code).toBe(0);
});

it('umask, priority and limits', async () => {
  const options = {
    umask: 0o027,
    priority: 5,
    resourceLimits: {
      RLIMIT_NOFILE: { soft: 77, hard: 88 },
      RLIMIT_CORE: 0,
      RLIMIT_FSIZE: 2 ** 40,
    },
  };
  const script = 'umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -f';
  expect(await said(script, options)).toEqual(['0027', '5', '77', '88', '0', `${2 ** 31}`]);
});

it.runIf(isRoot)('user and groups; those of before are given up', async () => {
  const ids = /^(Uid|Gid|Groups)$/;
  const four = (id: number) => Array(4).fill(id).join('\t');
  expect(await status(ids, { uid: 4_000_000_000, gid: 12, groups: [7, 8] })).toEqual({
    Uid: four(4_000_000_000),
    Gid: four(12),
    Groups: '7 8',
  });
  expect(await status(ids, { uid: 11 })).toMatchObject({ Uid: four(11), Groups: '' });
  // All threads of this process are who they were.
  expect([process.getuid?.(), process.geteuid?.()]).toEqual([0, 0]);
});

// The kernel notes with the memory, which the child borrows, that who becomes another user leaves
// no core file and may not be traced: without KeptDumpable in native/process/spawn_linux.cc this
// process loses both, and its entries of /proc are root's: the files, not the folder.
it.runIf(isRoot && hasSetpriv)('a child of another user leaves this process as it was', () => {
  const script = `
    const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
    const owner = () => require('node:fs').statSync('/proc/self/stat').uid;
    const loop = new EventLoop();
    const own = owner();
    loop.spawn('true', [], { gid: 12, uid: 13 });
    loop.run();
    try { loop.spawn('/nowhere', [], { uid: 13 }); } catch {}
    process.stdout.write(JSON.stringify([own, owner()]));`;
  const rights = ['--inh-caps', '+setgid,+setuid', '--ambient-caps', '+setgid,+setuid'];
  const user = ['--reuid', '12345', '--regid', '12345', '--clear-groups', ...rights];
  const end = spawnSync('setpriv', [...user, process.execPath, '-e', script], { encoding: 'utf8' });
  expect(end.stdout + end.stderr).toBe('[12345,12345]');
});

it('a session and a process group', async () => {
  const { loop } = test;
  const fields = async (options = {}) => {
    const child = loop.spawn('cat', ['/proc/self/stat'], { ...options, stdio: ['null'] });
    const chunks: string[] = [];
    const read = (async () => {
      for await (const chunk of child.stdout ?? []) chunks.push(Buffer.from(chunk).toString());
    })();
    await drive(loop);
    await read;
    const [, , , group, session] = /^(\d+) .*\) \S (\d+) (\d+) (\d+)/.exec(chunks.join('')) ?? [];
    return { own: `${child.pid}`, group, session };
  };
  const plain = await fields();
  const led = await fields({ detached: true });
  expect([led.group, led.session]).toEqual([led.own, led.own]);
  const asked = await fields({ newSession: true });
  expect(asked.session).toBe(asked.own);
  const grouped = await fields({ processGroup: 0 });
  expect([grouped.group, grouped.session]).toEqual([grouped.own, plain.session]);
  expect(plain.group).not.toBe(plain.own);
});

describe.runIf(constants['TIOCGPTPEER'] !== undefined).each(DRIVE_MODES)('%s', (mode) => {
  it.each(['a path', 'a descriptor'])('a terminal to control, by %s', async (by) => {
    const flags = constant('O_RDWR') | constant('O_NOCTTY');
    const master = openSync('/dev/ptmx', flags);
    onTestFinished(() => void raw.close(master));
    raw.check(raw.ioctl(master, constant('TIOCSPTLCK'), 0), 'ioctl');
    const slave = opened.keep(raw.ioctl(master, constant('TIOCGPTPEER'), flags), 'ioctl');
    const number = new Int32Array(1);
    raw.check(raw.ioctl(master, constant('TIOCGPTN'), number), 'ioctl');
    const path = `/dev/pts/${number[0]}`;
    const output: string[] = [];
    test.loop.stream(
      master,
      {},
      {
        data: (_stream, chunk) => output.push(Buffer.from(chunk).toString()),
      },
    );
    const child = test.loop.spawn('/bin/sh', ['-c', 'tty; echo hello > /dev/tty'], {
      controllingTerminal: by === 'a path' ? path : slave,
      stdio: [slave, slave, slave],
    });
    opened.close(slave);
    await drive(test.loop, mode);
    expect(child.status?.code).toBe(0);
    expect(output.join('')).toBe(`${path}\r\nhello\r\n`);
  });
});

it('signals have their default actions and none is blocked, whatever is so here', () => {
  const script = `
    // One ignored by Node, one listened to, one ignored here, two blocked while it starts.
    process.on('SIGUSR2', () => {});
    const loop = new EventLoop();
    let text = '';
    loop.spawn('cat', ['/proc/self/status'], {}, {
      stdout: (child, chunk) => { text += Buffer.from(chunk); },
      exit: () => setImmediate(() => {
        const value = (name) => new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm').exec(text)[1];
        report(['SigBlk', 'SigIgn', 'SigCgt', 'SigPnd'].map(value));
        process.exit();
      }),
    }).stdin.end();
    loop.attach();`;
  const none = '0000000000000000';
  expect(runChild(script)).toEqual([none, none, none, none]);
});

it.runIf(process.platform === 'linux')(
  'the thread that asks has its own signals blocked again, and no other',
  async () => {
    const blocked = () => /^SigBlk:.*/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[0];
    const before = blocked();
    test.loop.spawn('true', [], { stdio: 'ignore' });
    expect([blocked(), before]).toEqual([expect.stringMatching(/^SigBlk/), blocked()]);
    await drive(test.loop);
  },
);
