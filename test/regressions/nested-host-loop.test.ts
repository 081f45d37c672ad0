// The host's loop run from inside a callback of ours (deasync, a debugger): the loop goes
// on behind that callback, whose chunk stays as it was, and close() and detach() in there
// are safe. With `turn->closed()` in native/host/host_loop_libuv.cc taken for "is deleted" by
// counting references, the last tests read freed memory; without leaveSlab() in #turn of
// lib/loop/drive.ts the chunk's bytes are those of another; with timers that are armed
// outside of turns alone, 'a timer' hangs.
import { describe, expect, it } from 'vitest';
import { sayingsOf } from '../guest/support.js';
import { compiled } from '../support/compile.js';

const addon = compiled('nested-addon.c');

/** Runs `script`; in it `nest(until)` runs the host's loop until `until()` holds. */
const told = (script: string) =>
  sayingsOf(`
    const nested = require(${JSON.stringify(addon)});
    const nest = (until) => { while (!until()) nested.turn(1); };
    const loop = new EventLoop().attach();
    ${script}`);

describe.runIf(process.platform !== 'win32')('inside a callback that runs the host’s loop', () => {
  it('a timer fires, of the loop and of the host', async () => {
    const said = await told(`
      loop.setTimeout(() => {
        let ours = false, hosts = false;
        loop.setTimeout(() => { ours = true; }, 5);
        setTimeout(() => { hosts = true; }, 5);
        nest(() => ours && hosts);
        say('both');
      }, 1);`);
    expect(said).toEqual(['both']);
  });

  it('descriptors are told, also those of the batch under way, and each once', async () => {
    const said = await told(`
      const log = [];
      const fds = [1, 2, 3, 4].map(() => eventfd(1));
      fds.forEach((fd, i) => loop.watch(fd, { read: true }, (ready, watcher) => {
        watcher.close();
        log.push(i);
        if (i === 0) nest(() => log.length === 4);
      }));
      until(() => log.length >= 4).then(() => setTimeout(() => say(log.join()), 20));`);
    expect(said).toEqual(['0,1,2,3']);
  });

  it('the chunk of the callback under way keeps its bytes', async () => {
    const said = await told(`
      let heard = 0, open = [];
      const server = loop.listen({ port: 0, host: '127.0.0.1' }, {
        data(socket, chunk) {
          heard++;
          if (heard > 1) return;
          const before = Buffer.from(chunk).toString();
          for (const client of open) client.write('y'.repeat(500));
          nest(() => heard >= 3);
          say(before === Buffer.from(chunk).toString() ? 'kept' : 'changed');
          process.exit();
        },
      });
      for (let i = 0; i < 3; i++) {
        const client = net.connect(server.address.port, '127.0.0.1', () => {
          open.push(client);
          if (open.length === 3) open[0].write('x'.repeat(500));
        });
      }`);
    expect(said).toEqual(['kept']);
  });

  it('what it wrote before goes out', async () => {
    const said = await told(`
      let answer;
      const server = loop.listen({ port: 0, host: '127.0.0.1' }, {
        data: (socket, chunk) => socket.write(chunk),
      });
      loop.connect({ port: server.address.port, host: '127.0.0.1' }, {
        open(socket) {
          socket.write('ping');
          nest(() => answer !== undefined);
          say(answer);
          process.exit();
        },
        data(socket, chunk) { answer = Buffer.from(chunk).toString(); },
      });`);
    expect(said).toEqual(['ping']);
  });

  it('an error is told, and the rest goes on', async () => {
    const said = await told(`
      let thrown = 0;
      process.on('uncaughtException', () => { thrown++; });
      loop.setImmediate(() => {
        loop.setTimeout(() => { throw new Error('inner'); }, 1);
        nest(() => thrown === 1);
        setTimeout(() => say('thrown ' + thrown), 5);
        throw new Error('outer');
      });`);
    expect(said).toEqual(['thrown 2']);
  });

  it.each(['close', 'detach'])('%s() of the loop is safe, from the inner loop', async (call) => {
    const said = await told(`
      const fds = [1, 2, 3].map(() => eventfd(1));
      let calls = 0, done = false, nesting = true;
      for (const fd of fds) loop.watch(fd, { read: true }, () => {
        if (++calls > 1) return;
        setTimeout(() => { loop.${call}(); setTimeout(() => { done = true; }, 20); }, 5);
        nest(() => done);
        nesting = false;
      });
      const look = setInterval(() => {
        if (!done || nesting) return;
        clearInterval(look);
        say(loop.attached ? 'attached' : 'gone');
        if (!loop.closed) loop.close();
      }, 5);`);
    expect(said).toEqual(['gone']);
  });

  it('run() of the same loop is refused', async () => {
    const said = await told(`
      loop.setImmediate(() => {
        let code;
        setTimeout(() => { try { loop.run(); } catch (error) { code = error.code; } }, 1);
        nest(() => code !== undefined);
        say(code);
      });`);
    expect(said).toEqual(['ERR_LOOP_RUNNING']);
  });
});
