// Paths that are watched, whoever drives the loop.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('./runner.cjs');
const { MODES, rawloop, drive } = require('./support.cjs');

const { EventLoop } = rawloop;
/** Where there is none it says so. */
const isHere = process.platform === 'linux';

function temporaryFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'rawloop-'));
}

for (const mode of MODES) {
  test.unless(
    !isHere && 'watchPath is for Linux',
    `${mode}: a tree is told as it is made, renamed and removed`,
    async () => {
      const folder = temporaryFolder();
      const at = (name) => path.join(folder, name);
      const loop = new EventLoop();
      const told = [];
      const steps = {
        'create a/b': () => fs.writeFileSync(at('a/b/file'), 'x'),
        'create a/b/file': () => fs.renameSync(at('a'), at('c')),
        'rename c': () => fs.rmSync(at('c'), { recursive: true }),
        'delete c': () => watcher.close(),
      };
      const watcher = loop.watchPath(folder, { recursive: true }, ({ type, name }) => {
        if (type === 'change') return;
        told.push(`${type} ${name}`);
        steps[told.at(-1)]?.();
      });
      watcher.ready.then(() => fs.mkdirSync(at('a/b'), { recursive: true }));
      await drive(loop, mode);
      loop.close();
      fs.rmSync(folder, { recursive: true });
      const made = ['create a', 'create a/b', 'create a/b/file', 'rename c'];
      assert.deepStrictEqual(told, [...made, 'delete c/b/file', 'delete c/b', 'delete c']);
    },
  );
}

test.unless(
  !isHere && 'watchPath is for Linux',
  'a file is iterated as it is saved by rename, and ends with its signal',
  async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'config');
    fs.writeFileSync(file, '');
    const loop = new EventLoop().attach();
    const stop = new AbortController();
    let saves = 0;
    const save = () => {
      fs.writeFileSync(`${file}.new`, `${saves}`);
      fs.renameSync(`${file}.new`, file);
    };
    const watcher = loop.watchPath(file, { signal: stop.signal });
    save();
    await assert.rejects(
      async () => {
        for await (const { type, name } of watcher) {
          assert.deepStrictEqual([type, name], ['change', '']);
          if (++saves === 3) stop.abort();
          else save();
        }
      },
      { name: 'AbortError' },
    );
    loop.close();
    fs.rmSync(folder, { recursive: true });
  },
);
