// Processes, beside the host's own: each is told to whoever started it.
'use strict';
const assert = require('node:assert');
const { spawn: hostSpawn } = require('node:child_process');
const { once } = require('node:events');
const { test } = require('./runner.cjs');
const { MODES, rawloop, drive } = require('./support.cjs');

const { EventLoop } = rawloop;

for (const mode of MODES) {
  for (const kind of ['', 'sigchld']) {
    test(`${mode}${kind && `, by ${kind}`}: output, exit and close, of several`, async () => {
      process.env.RAWLOOP_CHILD_EXIT = kind;
      const loop = new EventLoop();
      const ends = [];
      for (let n = 0; n < 8; n++) {
        let text = '';
        loop
          .spawn(
            '/bin/sh',
            ['-c', n % 2 ? `echo ${n}; exit ${n}` : 'kill -9 $$'],
            {},
            {
              stdout: (_child, chunk) => {
                text += Buffer.from(chunk).toString();
              },
              close: ({ status }) => ends.push([n, text, status.code, status.signal]),
            },
          )
          .stdin.end();
      }
      await drive(loop, mode);
      loop.close();
      const expected = Array.from({ length: 8 }, (_, n) =>
        n % 2 ? [n, `${n}\n`, n, null] : [n, '', null, 'SIGKILL'],
      );
      assert.deepStrictEqual(
        ends.sort(([a], [b]) => a - b),
        expected,
      );
      process.env.RAWLOOP_CHILD_EXIT = '';
    });
  }
}

test("the host's children are the host's", async () => {
  const loop = new EventLoop().attach();
  const ours = loop.spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  for (let n = 0; n < 10; n++) {
    const child = hostSpawn('/bin/sh', ['-c', `exit ${n}`], { stdio: 'ignore' });
    assert.deepStrictEqual(await once(child, 'exit'), [n, null]);
  }
  ours.stdin.end();
  assert.strictEqual((await ours.exited).code, 0);
  loop.close();
});

test('what keeps a program from running is thrown', () => {
  const loop = new EventLoop();
  const expected = { code: 'ENOENT', syscall: 'execve', path: 'no-such-program' };
  assert.throws(() => loop.spawn('no-such-program', ['x']), expected);
  loop.close();
});
