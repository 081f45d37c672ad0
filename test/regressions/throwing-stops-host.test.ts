// Trap 33: what throws in guest mode is tried again at once, so that with a listener for
// uncaughtException whatever throws all the time keeps the host from its own work: a hook,
// an interval, a flood of bad messages, a poller whose descriptor somebody closed.
//
// With `hasTime` left out of #iterateInHost in lib/loop/drive.ts, 'a hundred immediates'
// comes in one turn; with an iteration that begins anew after a throw ('#at' always START),
// 'a prepare hook' keeps the descriptor from its turn; and with both, as it was, the
// children of the first four do not end. Where the host waits for the poller's own number and not
// for a duplicate (native/host/host_loop.cc), libuv aborts over the closed one, or it is a
// stranger's after the rest, and the loop's timers stand still.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from '../guest/support.js';

/** What throws each time that it gets a turn, and never ends by itself. */
const FLOODS = {
  'a prepare hook': `loop.prepare(() => { throw new Error('bad'); }); loop.idle(() => {});`,
  'a check hook': `loop.check(() => { throw new Error('bad'); }); loop.idle(() => {});`,
  'an idle hook': `loop.idle(() => { throw new Error('bad'); });`,
  'a watcher': `loop.watch(eventfd(1), { read: true }, () => { throw new Error('bad'); });`,
  'an immediate that sets itself again': `const again = () => {
      loop.setImmediate(again); throw new Error('bad');
    }; loop.setImmediate(again);`,
  'a poller that was closed': `setImmediate(() => {
      fs.closeSync(loop.poller.fd); loop.idle(() => {});
    });`,
  'a poller that was closed before the host waits': `
    fs.closeSync(loop.poller.fd); loop.idle(() => {});`,
  // Which is readable; and O_NONBLOCK on it is its owner's affair.
  'a poller that was closed, whose number is a file': `setImmediate(() => {
      const { fd } = loop.poller;
      fs.closeSync(fd);
      while (fs.openSync('/proc/self/cmdline') < fd);
      loop.idle(() => {});
    });`,
};

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(Object.keys(FLOODS) as (keyof typeof FLOODS)[])(
    '%s that always throws leaves the host its timers, and the loop its own',
    async (name) => {
      const said = await sayingsOf(
        `
        const loop = new EventLoop().attach();
        let thrown = 0, ours = 0, read = 0, ticks = 0;
        process.on('uncaughtException', () => { thrown++; });
        loop.setInterval(() => { ours++; }, 1);
        ${name.startsWith('a poller') ? 'read = 1;' : 'loop.watch(eventfd(1), { read: true }, () => { read++; });'}
        ${FLOODS[name]}
        setInterval(() => {
          if (++ticks < 5 || ours < 2 || read < 1) return;
          say(thrown > 0 ? 'both went on' : 'nothing was thrown');
          process.exit();
        }, 5);`,
        { host },
      );
      expect(said).toEqual(['both went on']);
    },
  );

  it('a hundred immediates that throw, slowly, are told over several turns of the host', async () => {
    const said = await sayingsOf(
      `
      const loop = new EventLoop().attach();
      let thrown = 0, between = 0, last = 0;
      process.on('uncaughtException', () => { thrown++; stall(1); });
      const host = setImmediate(function look() {
        if (thrown > last) { between++; last = thrown; }
        if (thrown < 100) setImmediate(look);
        else say(between > 5 ? 'over several turns' : 'in ' + between);
      });
      for (let i = 0; i < 100; i++) loop.setImmediate(() => { throw new Error('bad'); });`,
      { host },
    );
    expect(said).toEqual(['over several turns']);
  });
});

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it('a poller that cannot be asked is asked less and less, and again when it can be', async () => {
    const said = await sayingsOf(
      `
      const loop = new EventLoop().attach();
      const { poller } = loop;
      const wait = poller.wait;
      let thrown = 0, turns = 0;
      process.on('uncaughtException', () => {
        // Turns of the host while the poller fails: with no rest there are none, or thousands.
        if (++thrown === 4) poller.wait = wait;
      });
      poller.wait = () => { throw new Error('EINVAL'); };
      const count = () => { if (thrown < 4) { turns++; setImmediate(count); } };
      count();
      loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
        watcher.close();
        say('told ' + thrown + ' times, heard ' + (turns > 4));
        process.exit();
      });`,
      { host },
    );
    expect(said).toEqual(['told 4 times, heard true']);
  });
});

it('a flood of bad messages leaves the host its timers', async () => {
  const said = await sayingsOf(`
    const server = defaultLoop().listen({ port: 0, host: '127.0.0.1' }, {
      data() { thrown++; throw new Error('bad'); },
    });
    let thrown = 0, ticks = 0;
    process.on('uncaughtException', () => {});
    // Clients in a thread of their own, which send for as long as the process lives.
    new Worker(\`
      const { workerData: port } = require('node:worker_threads');
      for (let i = 0; i < 50; i++) {
        const socket = require('node:net').connect(port, '127.0.0.1');
        const send = () => socket.write('bad', () => setImmediate(send));
        send();
      }
    \`, { eval: true, workerData: server.address.port });
    setInterval(() => {
      if (thrown > 500 && ++ticks === 5) { say('the host went on'); process.exit(); }
    }, 5);`);
  expect(said).toEqual(['the host went on']);
});
