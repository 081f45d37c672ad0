// loop.tty: a terminal as a stream, its mode and its size.
//
// Without `users` of native/process/raw_terminals.cc the first of two that is done ends raw mode for
// the other, or none does. Without `leave` of lib/terminal/raw-mode.ts what it listened by is left. Without beginClose of lib/terminal/tty.ts a stream that is destroyed leaves
// it raw; without both the cleanup hook and the destructor of native/process/terminals.cc a Worker that
// is ended does: here either is enough.
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import { DIST } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { endOf, spawnOn, Terminal } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const isLinux = process.platform === 'linux';

const terminals: Terminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});

function open(): Terminal {
  const terminal = new Terminal();
  terminals.push(terminal);
  return terminal;
}

/** Another descriptor of it, for a stream to take over. */
function another(terminal: Terminal): number {
  return openSync(terminal.path, constant('O_RDWR') | constant('O_NOCTTY'));
}

/** Handles of the loop. */
function count(kind: string): number {
  return test.loop.metrics().handles.filter((handle) => handle.kind === kind).length;
}

describe.runIf(isLinux).each(DRIVE_MODES)('a terminal, %s', (mode) => {
  it('is raw and normal, is read by the key, and knows its size', async () => {
    const terminal = open();
    const listening = () => process.listenerCount('removeListener');
    const before = listening();
    const { modes } = terminal;
    terminal.resize(91, 17);
    const keys: string[] = [];
    const tty = test.loop.tty(
      another(terminal),
      {},
      {
        data: (tty, chunk) => {
          keys.push(Buffer.from(chunk).toString());
          expect([tty.isRaw, tty.columns, tty.rows]).toEqual([true, 91, 17]);
          if (keys.join('') === 'a\x03\x04') tty.setRawMode(false).destroy();
          else terminal.type(keys.length === 1 ? '\x03' : '\x04');
        },
      },
    );
    expect([tty.isTTY, tty.isRaw, tty.getWindowSize()]).toEqual([true, false, [91, 17]]);
    tty.setRawMode(true).setRawMode(true);
    expect(terminal.isRaw).toBe(true);
    // That of SIGCONT.
    expect([count('SignalHandle'), listening() - before]).toEqual([1, 1]);
    terminal.type('a');
    await drive(test.loop, mode);
    expect(keys.join('')).toBe('a\x03\x04');
    expect(terminal.modes.replace('columns 91', 'columns 0').replace('rows 17', 'rows 0')).toBe(
      modes,
    );
    expect([tty.isRaw, tty.columns, tty.rows]).toEqual([false, 0, 0]);
    expect([count('SignalHandle'), listening() - before]).toEqual([0, 0]);
    expect(() => tty.setRawMode(true)).toThrow(/closed/);
  });

  it('is raw as long as one of its streams wants it, of whichever loop or thread', async () => {
    const terminal = open();
    const { modes } = terminal;
    const other = new EventLoop();
    const [first, second] = [test.loop.tty(another(terminal)), other.tty(another(terminal))];
    const worker = new Worker(
      `const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
       const raw = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
       const { workerData, parentPort } = require('node:worker_threads');
       const fd = require('node:fs').openSync(workerData, raw.constants.O_RDWR | raw.constants.O_NOCTTY);
       const loop = new EventLoop().attach();
       loop.tty(fd).setRawMode(true);
       parentPort.postMessage('raw');
       setInterval(() => {}, 1000);`,
      { eval: true, workerData: terminal.path },
    );
    await once(worker, 'message');
    const states: boolean[] = [];
    const look = () => states.push(terminal.isRaw);
    first.setRawMode(true);
    second.setRawMode(true);
    await worker.terminate();
    look();
    first.setRawMode(false);
    look();
    second.destroy();
    look();
    first.destroy();
    other.close();
    await drive(test.loop, mode);
    expect(states).toEqual([true, true, false]);
    expect(terminal.modes).toBe(modes);
  });

  it('says that it has another size, once for each, and does not hold the loop for it', async () => {
    const terminal = open();
    terminal.resize(80, 24);
    const child = spawnOn(
      terminal,
      mode,
      `loop.tty(require('fs').openSync('/dev/tty', 'r+'), {}, {
         data: (tty) => tty.destroy(),
         resize: ({ columns, rows }) => loop.stdout.write(columns + 'x' + rows + ';'),
       });
       process.kill(process.pid, 'SIGWINCH');
       loop.setTimeout(() => loop.stdout.write('ready;'), 1);`,
    );
    const ended = endOf(child);
    await terminal.shows('ready;');
    terminal.resize(100, 30);
    await terminal.shows('100x30;');
    terminal.resize(81, 25);
    await terminal.shows('81x25;');
    terminal.type('\n');
    expect(await ended).toBe(0);
    expect(terminal.text.replace(/[\r\n]/g, '')).toBe('ready;100x30;81x25;');
  });
});

describe.runIf(isLinux).each(DRIVE_MODES)('another size, %s', (mode) => {
  it('is told to who asked last, where it is another, and to nobody once it is closed', async () => {
    const { loop } = test;
    const terminal = open();
    const told: unknown[] = [];
    const tell = ({ columns }: { columns: number }) => told.push(columns);
    const tty = loop.tty(another(terminal), {}, { resize: () => told.push('the handler') });
    tty.onResize(tell);
    const steps = [
      () => terminal.resize(91, 17),
      // As large as it was.
      () => {},
      () => terminal.resize(92, 17),
      () => {
        tty.onResize(undefined);
        terminal.resize(93, 17);
      },
      () => {
        tty.onResize(tell).destroy();
        terminal.resize(94, 17);
      },
    ];
    // They do not hold the loop.
    const held = loop.setInterval(() => {}, 1000);
    const next = () => {
      const step = steps.shift();
      step?.();
      if (step !== undefined) process.kill(process.pid, 'SIGWINCH');
      else loop.clearInterval(held);
    };
    const heard = loop.onSignal('SIGWINCH', () => loop.setImmediate(next));
    loop.setImmediate(next);
    await drive(loop, mode);
    heard.close();
    expect(told).toEqual([91, 92]);
    expect(count('SignalHandle')).toBe(0);
    expect(() => tty.onResize(tell)).toThrow(/closed/);
  });
});

it.runIf(isLinux)('what is no terminal is refused, and stays as it was', () => {
  const [readEnd] = opened.pipe();
  const { master } = open();
  for (const fd of [readEnd, master]) {
    expect(() => test.loop.tty(fd)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
  }
  const closed = openSync('/dev/null', 'r');
  closeSync(closed);
  expect(() => test.loop.tty(closed)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  const misspelt = { resized() {} } as object;
  expect(() => test.loop.tty(0, {}, misspelt)).toThrow(`did you mean 'resize'?`);
  const fd = another(open());
  const refused = (options: object, handlers: object, code: string) =>
    expect(() => test.loop.tty(fd, options, handlers)).toThrow(expect.objectContaining({ code }));
  refused({}, { resize: 1 }, 'ERR_INVALID_ARG_TYPE');
  refused({ signal: AbortSignal.abort() }, {}, 'ABORT_ERR');
  expect(count('TtyStream')).toBe(0);
  test.loop.close();
  refused({}, {}, 'ERR_LOOP_CLOSED');
  // It is ours yet.
  closeSync(fd);
});

it.runIf(isLinux)('a mode that is none is refused', () => {
  const terminal = open();
  const tty = test.loop.tty(another(terminal));
  for (const on of [1, 'raw', undefined]) {
    expect(() => tty.setRawMode(on as never)).toThrow(TypeError);
  }
  expect(() => tty.onResize(1 as never)).toThrow(TypeError);
  expect(terminal.isRaw).toBe(false);
});
