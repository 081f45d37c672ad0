// The package loads, by require and by import, with one state behind both.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { test } = require('./runner.cjs');
const { DIST, rawloop, raw, runProgram } = require('./support.cjs');

const entry = (name) => pathToFileURL(path.join(DIST, name)).href;

test('require finds the loop, the poller and the models', () => {
  for (const name of ['EventLoop', 'createPoller', 'ReadyList', 'ThreadPerConnectionServer']) {
    assert.strictEqual(typeof rawloop[name], 'function', name);
  }
  assert.strictEqual(typeof rawloop.defaultLoop, 'function');
});

test('import and require are one instance', async () => {
  const imported = await import(entry('index.mjs'));
  assert.strictEqual(imported.EventLoop, rawloop.EventLoop);
  const importedRaw = await import(entry('raw.mjs'));
  assert.strictEqual(importedRaw.pipe2, raw.pipe2);
});

test('each entry point loads as an ES module of its own process', () => {
  const source = `
    import { EventLoop } from ${JSON.stringify(entry('index.mjs'))};
    import { constants } from ${JSON.stringify(entry('raw.mjs'))};
    import { FlightRecorder } from ${JSON.stringify(entry('inspect.mjs'))};
    import { toDuplex } from ${JSON.stringify(entry('node.mjs'))};
    console.log([EventLoop, constants.EAGAIN, FlightRecorder, toDuplex].map((each) => typeof each).join(' '));`;
  const { status, said, stderr } = runProgram(source, { suffix: 'mjs', prelude: '' });
  assert.deepStrictEqual([status, said, stderr], [0, ['function number function function'], '']);
});

test('constants and supported tell what the platform has', () => {
  assert.ok(raw.constants.EAGAIN > 0 && raw.constants.AF_INET > 0);
  const backends = ['epoll_create1', 'kqueue'].filter((name) => raw.supported[name]);
  assert.notDeepStrictEqual(backends, []);
});

test('an addon that does not load is told by path and reason', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rawloop-load-'));
  try {
    // A package without prebuilds, and no build/ beside it.
    fs.cpSync(DIST, path.join(folder, 'dist'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }');
    const { status, said } = runProgram(
      `try { require(${JSON.stringify(path.join(folder, 'dist/index.cjs'))}); }
      catch ({ code, message }) {
        console.log(code, message.includes('/nowhere/rawloop.node'), message.includes('prebuilds'));
      }`,
      { env: { RAWLOOP_ADDON: '/nowhere/rawloop.node' }, prelude: '' },
    );
    assert.deepStrictEqual([status, said], [0, ['ERR_RAWLOOP_ADDON true true']]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
