// What ends a question early: a signal, `cancel`, the loop's end; that it keeps the loop alive
// until it is answered and leaves nothing behind; and what is refused before anything is opened.
// Tried without its guard: without `onAbort` in call.ts the first hangs; without `loop.retain` the
// one of what keeps it alive ends at once; without the second look at `#error` there, those of both
// families are answered by one of them; without `calls.delete` what is over is kept; without
// `throwIfAborted` in the Resolver's `lookup` that of an aborted signal is answered.
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { guardDescriptors, openDescriptors, openedSince } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';
import { ALONE, a, NameServer, reply, socketsSince } from './server.js';

guardDescriptors();
const test = eachWithLoop();
const codeOf = ({ code }: { code: string }) => code;

describe.each(DRIVE_MODES)('a question (%s)', (mode) => {
  /** Asks a server that says nothing, for as long as the test takes. */
  const unanswered = (options = {}) => {
    const server = new NameServer(test.loop, () => undefined);
    const servers = [server.address];
    const dns = new test.loop.dns.Resolver({
      ...ALONE,
      servers,
      timeoutMs: 60_000,
      maxConcurrent: 2,
      ...options,
    });
    return { server, dns };
  };

  it('ends with its signal, by UDP, by TCP and while it waits for its turn', async () => {
    const reason = new Error('enough');
    for (const tcp of [false, true]) {
      const { dns } = unanswered({ tcp });
      const before = openDescriptors();
      const controller = new AbortController();
      const { signal } = controller;
      const errors = [
        dns.resolve4('x.test', { signal }),
        dns.reverse('192.0.2.1', { signal }),
        dns.lookup('x.test', { signal }),
        dns.resolve('x.test', 'ANY', { signal }),
        dns.resolve6('x.test', { signal, ttl: true }),
      ].map((work) => work.catch((error) => error));
      test.loop.setTimeout(() => controller.abort(reason), 10);
      await drive(test.loop, mode);
      for (const error of await Promise.all(errors)) {
        expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
      }
      expect(openedSince(before)).toEqual([]);
    }
  });

  it('of an aborted signal opens nothing', async () => {
    const { dns, server } = unanswered();
    const { loop } = test;
    const signal = AbortSignal.abort();
    const all = [
      dns.resolveMx('x.test', { signal }),
      dns.lookup('x.test', { signal }),
      dns.lookup('127.0.0.1', { signal }),
      loop.dns.resolveTxt('x.test', { signal }),
      loop.dns.lookup('localhost', { signal }),
      loop.dns.lookup('127.0.0.1', { signal }),
      loop.dns.lookupService('127.0.0.1', 1, { signal }),
    ].map((work) => work.catch(codeOf));
    expect(await Promise.all(all)).toEqual(all.map(() => 'ABORT_ERR'));
    expect(server.asked).toEqual([]);
    expect(loop.alive).toBe(false);
  });

  it('of both families ends with its signal and with `cancel`, also when one is answered', async () => {
    const server = new NameServer(test.loop, (asked) =>
      asked.type === 'A' ? reply(asked, [a(asked.name, '192.0.2.1')]) : undefined,
    );
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers: [server.address] });
    const controller = new AbortController();
    const before = openDescriptors();
    const aborted = dns.lookup('x.test', { signal: controller.signal }).catch(codeOf);
    const cancelled = dns
      .lookup('y.test')
      .catch(({ code, syscall, hostname }) => [...[code, syscall, hostname]]);
    // Of each the question is left that nobody answers, and its socket.
    const look = () => {
      const isLeft = server.asked.length === 4 && socketsSince(before) === 2;
      if (!isLeft) return void test.loop.setTimeout(look, 1);
      controller.abort();
      dns.cancel();
    };
    look();
    await drive(test.loop, mode);
    expect(await aborted).toBe('ABORT_ERR');
    expect(await cancelled).toEqual(['ECANCELLED', 'queryAaaa', 'y.test']);
  });

  it('ends with `cancel`, and others after it do not', async () => {
    const server = new NameServer(test.loop, (asked) =>
      asked.name === 'silent.test' ? undefined : reply(asked, [a(asked.name, '192.0.2.1')]),
    );
    const servers = [server.address];
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers, maxConcurrent: 1 });
    const errors = [dns.resolve4('silent.test'), dns.resolve4('x.test')].map((work) =>
      work.catch(codeOf),
    );
    test.loop.setTimeout(() => {
      dns.cancel();
      dns.cancel();
    }, 10);
    await drive(test.loop, mode);
    expect(await Promise.all(errors)).toEqual(['ECANCELLED', 'ECANCELLED']);
    const found = dns.resolve4('x.test');
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
  });

  it.each([false, true])(
    'ends with the loop, also while it waits for its turn: %s',
    async (tcp) => {
      const { dns } = unanswered({ tcp });
      const errors = Array.from({ length: 4 }, () => dns.resolve4('x.test').catch(codeOf));
      test.loop.setTimeout(() => test.loop.close(), 10);
      await drive(test.loop, mode);
      expect(await Promise.all(errors)).toEqual(Array(4).fill('ERR_LOOP_CLOSED'));
      expect(await dns.resolve4('x.test').catch(codeOf)).toBe('ERR_LOOP_CLOSED');
      expect(await test.loop.dns.resolve4('x.test').catch(codeOf)).toBe('ERR_LOOP_CLOSED');
      expect(await test.loop.dns.lookup('localhost').catch(codeOf)).toBe('ERR_LOOP_CLOSED');
    },
  );

  it('keeps the loop alive, and nothing else of a Resolver does', async () => {
    const server = new NameServer(test.loop, (asked) => reply(asked, [a(asked.name, '192.0.2.1')]));
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers: [server.address] });
    expect(test.loop.alive).toBe(false);
    const found = dns.resolve4('x.test');
    expect(test.loop.alive).toBe(true);
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
    expect(test.loop.alive).toBe(false);
    expect(inspect(test.loop)).not.toMatch(/timers: [1-9]/);
  });
});

it('a question that is over is kept by nobody', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const dns = new test.loop.dns.Resolver({ ...ALONE, servers: ['127.0.0.1:1'] });
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let i = 0; i < 128; i++) {
    // Of such a size that the engine keeps the text itself.
    const name = Buffer.alloc(2 ** 19, 'x').toString('latin1');
    expect(await dns.resolve4(name).catch(codeOf)).toBe('EBADNAME');
  }
  expect(heap() - before).toBeLessThan(16 * 2 ** 20);
});

describe('bad arguments', () => {
  const methods = ['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveMx', 'lookup'] as const;

  it.each(methods)('of %s reject with a coded TypeError, and open nothing', async (method) => {
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers: ['127.0.0.1:1'] });
    for (const [name, value] of Object.entries(HOSTILE)) {
      if (typeof value === 'string') continue;
      for (const asking of [dns, test.loop.dns]) {
        const ask = asking[method].bind(asking) as (name: unknown) => Promise<unknown>;
        const error = await ask(value).catch((reason: Error & { code: string }) => reason);
        expect(error, name).toBeInstanceOf(TypeError);
        expect((error as { code?: string }).code, name).toMatch(/^ERR_INVALID_ARG_/);
      }
    }
    expect(test.loop.alive).toBe(false);
  });

  it('of the options are refused', async () => {
    const { loop } = test;
    const wrong: [object, ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor][] = [
      [{ servers: [] }, TypeError],
      [{ servers: ['example.org'] }, TypeError],
      [{ timeoutMs: 0 }, RangeError],
      [{ tries: 1.5 }, RangeError],
      [{ rotate: 1 }, TypeError],
      [{ search: ['a b'] }, TypeError],
      [{ search: Array(33).fill('a') }, TypeError],
      [{ ndots: 16 }, RangeError],
      [{ edns: 'no' }, TypeError],
      [{ maxConcurrent: 0 }, RangeError],
      [{ resolvConf: 'a\0' }, TypeError],
      [{ hosts: true }, TypeError],
      [{ server: ['127.0.0.1'] }, TypeError],
    ];
    for (const [options, kind] of wrong) {
      expect(() => new loop.dns.Resolver(options), JSON.stringify(options)).toThrow(kind);
    }
    const lookups = [
      { family: 5 },
      { all: 1 },
      { order: 'x' },
      { verbatim: 1 },
      { hints: 1 << 30 },
    ];
    for (const options of lookups) {
      const error = await loop.dns.lookup('localhost', options as object).catch((each) => each);
      expect(error).toBeInstanceOf(TypeError);
    }
    const asks = [
      loop.dns.resolve('x.test', 'A', null as never),
      loop.dns.reverse('::1', null as never),
    ];
    for (const ask of asks) {
      expect(await ask.catch(codeOf as never)).toBe('ERR_INVALID_ARG_TYPE');
    }
    const codeFor = (type: unknown) =>
      loop.dns.resolve('x.test', type as 'A').catch(codeOf as never);
    for (const type of ['X', 'a', '__proto__', 'toString']) {
      expect(await codeFor(type)).toBe('ERR_INVALID_ARG_VALUE');
    }
    for (const type of [5, null]) expect(await codeFor(type)).toBe('ERR_INVALID_ARG_TYPE');
    expect(loop.alive).toBe(false);
  });

  it('of an address or a port are refused', async () => {
    const { loop } = test;
    for (const address of ['localhost', '1.2.3', '', 'fe80::1%lo', 4, null]) {
      const error = await loop.dns.lookupService(address as string, 1).catch((each) => each);
      expect(error).toBeInstanceOf(TypeError);
    }
    for (const port of [-1, 65_536, 1.5]) {
      const error = await loop.dns.lookupService('127.0.0.1', port).catch((each) => each);
      expect(error).toBeInstanceOf(RangeError);
    }
    for (const address of ['x', '1.2.3.4.5', 5]) {
      const error = await loop.dns.reverse(address as string).catch((each) => each);
      expect(error).toBeInstanceOf(TypeError);
    }
    // What the C library would cut.
    for (const host of ['', 'a\0b', 'x'.repeat(254), '\0']) {
      const error = await loop.dns.lookup(host).catch((each) => each);
      expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    }
    expect(loop.alive).toBe(false);
  });
});
