// Trap 41: `instanceof` on what comes from another realm (a vm context, as jest's tests run
// in) or from a library: bytes were no bytes, a URL no path, a signal none.
//
// With `instanceof Uint8Array` and `instanceof ArrayBuffer` in the place of the brand checks
// in lib/stream/output.ts, `instanceof URL` in fs.ts, `instanceof AbortSignal` in abort.ts: the
// test of each fails with ERR_INVALID_ARG_TYPE. With the disposable of addAbortListener the
// last one fails: a vm context of Node 20 has no Symbol.dispose.
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../lib/binding/index.js';
import { type Path, ThreadPerConnectionServer } from '../../lib/faces/index.js';
import { FlightRecorder } from '../../lib/inspect/index.js';
import type { IpAddress } from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop({ poolSize: 1 });
const foreign = <T>(code: string, names: object = {}): T => vm.runInNewContext(code, { ...names });

const BYTES = [
  'new Uint8Array([104, 105])',
  'new Uint8Array([104, 105]).buffer',
  'new Uint16Array(new Uint8Array([104, 105]).buffer)',
  'new DataView(new Uint8Array([104, 105]).buffer)',
  '(() => { const m = new SharedArrayBuffer(2); new Uint8Array(m).set([104, 105]); return m; })()',
];

describe('of another realm are taken', () => {
  it('bytes to write', async () => {
    let text = '';
    const server = test.loop.listen(
      { host: '127.0.0.1', port: 0 },
      {
        data: (_, chunk) => {
          text += Buffer.from(chunk);
        },
        close: () => server.close(),
      },
    );
    const { port } = server.address as IpAddress;
    test.loop.connect(
      { port },
      {
        open: (socket) => {
          for (const code of BYTES) socket.write(foreign<Bytes>(code));
          socket.end();
        },
      },
    );
    await drive(test.loop);
    expect(text).toBe('hi'.repeat(BYTES.length));
  });

  it('bytes of a key, and of a path', async () => {
    const { crypto, fs } = test.loop.attach();
    const key = Buffer.from(await crypto.pbkdf2('hi', 'hi', 1, 8, 'sha256'));
    for (const code of BYTES) {
      const bytes = foreign<Bytes>(code);
      expect(Buffer.from(await crypto.pbkdf2(bytes, bytes, 1, 8, 'sha256'))).toEqual(key);
    }
    const path = foreign<Uint8Array>(`new Uint8Array([47])`);
    expect((await fs.stat(path)).isDirectory()).toBe(true);
  });

  it('URLs', async () => {
    const { fs } = test.loop.attach();
    const { href, protocol } = pathToFileURL('/');
    expect((await fs.stat({ href, protocol } as Path)).isDirectory()).toBe(true);
    await expect(
      fs.stat({ href: 'http://host/', protocol: 'http:' } as Path),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_URL_SCHEME' });
    for (const path of [{}, { href: '/' }, { href: 5, protocol: 'file:' }, null, 5]) {
      await expect(fs.stat(path as Path)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
  });

  it('options, handlers and signals', async () => {
    const code = `
      const listeners = new Set();
      const signal = {
        aborted: false,
        reason: 'enough',
        addEventListener: (_, listener) => listeners.add(listener),
        removeEventListener: (_, listener) => listeners.delete(listener),
      };
      ({
        options: { read: true, signal },
        abort() {
          signal.aborted = true;
          for (const listener of listeners) listener();
        },
      })`;
    const { options, abort } = foreign<{ options: object; abort: () => void }>(code);
    const watcher = test.loop.watch(opened.eventfd(), options, () => {});
    abort();
    expect(watcher.isClosed).toBe(true);
    expect(() => test.loop.watch(opened.eventfd(), options, () => {})).toThrow(
      expect.objectContaining({ code: 'ABORT_ERR', cause: 'enough' }),
    );
    await drive(test.loop);
  });
});

it('an object is no loop for its prototype alone', () => {
  const lookalike = Object.create(Object.getPrototypeOf(test.loop));
  const refused = expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' });
  expect(() => new ThreadPerConnectionServer({ loop: lookalike })).toThrow(refused);
  expect(() => new FlightRecorder(lookalike)).toThrow(refused);
});

it('the package itself runs in another realm, with bytes and signals of this one', () => {
  // As jest loads it: compiled in a context whose Uint8Array, Error and Object are its own.
  const all = runChild(`
    const vm = require('node:vm');
    const { createRequire } = require('node:module');
    const path = require('node:path');
    const context = vm.createContext({ process, Buffer, AbortSignal, AbortController, setImmediate,
      queueMicrotask, setTimeout, clearTimeout, performance });
    const modules = new Map();
    const load = (file) => {
      if (modules.has(file)) return modules.get(file).exports;
      const module = { exports: {} };
      modules.set(file, module);
      const outside = createRequire(file);
      const inside = (name) => name.startsWith('.') && !name.endsWith('.node')
        ? load(outside.resolve(name)) : outside(name);
      const wrapper = '(function (exports, require, module, __filename, __dirname) {'
        + fs.readFileSync(file, 'utf8') + '\\n})';
      vm.runInContext(wrapper, context, { filename: file }).call(
        module.exports, module.exports, inside, module, file, path.dirname(file));
      return module.exports;
    };
    const loop = new (load(path.join(DIST, 'index.cjs')).EventLoop)();
    const said = [];
    const { signal } = new AbortController();
    const server = loop.listen({ host: '127.0.0.1', port: 0, signal }, {
      data: (socket, chunk) => { said.push(String(Buffer.from(chunk))); server.close(); },
    });
    loop.connect({ port: server.address.port }, {
      open: (socket) => socket.end(new Uint8Array([104, 105])),
    });
    try { loop.listen({ prt: 0 }, {}); } catch (error) { said.push(error.code); }
    try { loop.listen({ port: 0 }, { dta() {} }); } catch (error) { said.push(error.code); }
    loop.run();
    loop.close();
    report(said);
  `);
  expect(all).toEqual(['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_VALUE', 'hi']);
});
