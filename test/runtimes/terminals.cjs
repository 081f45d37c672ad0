// stdin, stdout and stderr, terminals, and signals with values, whoever drives the loop.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('./runner.cjs');
const { MODES, host, rawloop, raw, drive, folder, runProgram } = require('./support.cjs');

const { EventLoop } = rawloop;
const { constants: c } = raw;
const SIZE = 300_000;
const OUTPUT = 'abcdefghijklmnopqrstuvwxyz_'.repeat(SIZE / 20).slice(0, SIZE);
const isLinux = process.platform === 'linux';

/** Deno has SIGTERM, SIGINT and SIGHUP end the process by itself: see docs/platforms.md. */
const FATAL = host === 'deno' ? 'SIGQUIT' : 'SIGTERM';

/** Reads to the end of stdin, writes much, and exits in the same callback. */
const program = (mode) => `
  const loop = new EventLoop();
  ${mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}
  (async () => {
    let text = '';
    for await (const chunk of loop.stdin) text += Buffer.from(chunk);
    loop.setImmediate(() => {
      const output = 'abcdefghijklmnopqrstuvwxyz_'.repeat(${SIZE / 20}).slice(0, ${SIZE});
      for (let at = 0; at < ${SIZE}; at += 10000) loop.stdout.write(output.slice(at, at + 10000));
      loop.stderr.write(text);
      process.exit(5);
    });
  })();`;

for (const mode of MODES) {
  test(`${mode}: pipes are read and written to the last byte`, () => {
    const { status, said, stderr } = runProgram(program(mode), { input: 'a line' });
    assert.deepStrictEqual([status, said.join() === OUTPUT, stderr], [5, true, 'a line']);
  });

  test(`${mode}: files are read and written to the last byte`, () => {
    const [input, both] = ['input', 'both'].map((name) => path.join(folder(), name));
    fs.writeFileSync(input, 'a line');
    const { said } = runProgram(program(mode), { redirect: `<${input} >>${both} 2>&1` });
    const isWhole = fs.readFileSync(both, 'latin1') === `${OUTPUT}a line`;
    assert.deepStrictEqual([said, isWhole], [['5'], true]);
  });

  test(`${mode}: a terminal is raw, and has its mode again behind a signal`, async () => {
    if (!isLinux) return;
    const loop = new EventLoop();
    const master = fs.openSync('/dev/ptmx', c.O_RDWR | c.O_NOCTTY);
    raw.check(raw.ioctl(master, c.TIOCSPTLCK, 0), 'ioctl');
    const number = new Uint32Array(1);
    raw.check(raw.ioctl(master, c.TIOCGPTN, number), 'ioctl');
    const modes = () => {
      const termios = new Uint32Array(38);
      raw.check(raw.tcgetattr(slave, termios), 'tcgetattr');
      return [...termios].join();
    };
    const slave = fs.openSync(`/dev/pts/${number[0]}`, c.O_RDWR | c.O_NOCTTY);
    const before = modes();
    // Not one that the host has opened, and closes some time.
    const own = raw.check(raw.ioctl(master, c.TIOCGPTPEER, c.O_RDWR | c.O_NOCTTY), 'ioctl');
    const tty = loop.tty(own, {}, { data: (self, keys) => self.destroy() || seen.push(keys[0]) });
    const seen = [];
    tty.setRawMode(true);
    const isRaw = modes() !== before;
    raw.write(master, Buffer.from('\x03'));
    await drive(loop, mode);
    loop.close();
    assert.deepStrictEqual([isRaw, seen, modes() === before], [true, [3], true]);
    const terminal = `/dev/pts/${number[0]}`;
    const { said } = runProgram(
      `const loop = new EventLoop().attach();
       loop.stdin.setRawMode(true);
       process.kill(process.pid, '${FATAL}');
       setInterval(() => {}, 1000);`,
      { redirect: `<${terminal} >${terminal}` },
    );
    // A shell's word for it.
    const end = [`${128 + c[FATAL]}`];
    assert.deepStrictEqual([said, modes() === before], [end, true]);
    fs.closeSync(slave);
    fs.closeSync(master);
  });

  test(`${mode}: signals with values are told, with who sent them`, async () => {
    if (!raw.supported.sigqueue) return;
    const loop = new EventLoop();
    const told = [];
    const handle = loop.onSignal('SIGRTMIN+2', (name, _handle, _error, { value, pid }) => {
      told.push([name, value, pid]);
      if (told.length === 2) handle.close();
    });
    handle.ref();
    for (const value of [-7, 7]) {
      raw.check(raw.sigqueue(process.pid, c.SIGRTMIN + 2, value), 'sigqueue');
      // ThreadSanitizer keeps one of a number, and forgets others, until a call that it stands in.
      fs.statSync(__filename);
    }
    await drive(loop, mode);
    loop.close();
    told.sort(([, a], [, b]) => a - b);
    assert.deepStrictEqual(
      told,
      [-7, 7].map((value) => ['SIGRTMIN+2', value, process.pid]),
    );
  });
}
