// A loop inside the host's own: what the host does goes on as ever, and the process
// ends by itself once nothing is left.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

/** An echo server in the loop, and clients of it in the host. */
const ECHO = `
  const loop = new EventLoop().attach();
  const server = loop.listen({ port: 0 }, {
    data(socket, chunk) { if (!socket.write(chunk)) socket.pause(); },
    drain(socket) { socket.resume(); },
  });
  const { port } = server.address;
  const echo = (bytes) => new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
    const parts = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
`;

describe.each(HOSTS)('in the host, attached by %s,', (host) => {
  it('timers, files and HTTP work beside an echo server, and the process ends by itself', async () => {
    const said = await sayingsOf(
      `${ECHO}
      const http = require('node:http');
      const work = async () => {
        let ticks = 0;
        const ticking = setInterval(() => ticks++, 1);
        const web = http.createServer((request, response) => response.end('hello ' + request.url));
        await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
        const get = (path) => new Promise((resolve, reject) => {
          http.get({ port: web.address().port, path, agent: false }, (response) => {
            let text = '';
            response.on('data', (part) => { text += part; });
            response.on('end', () => resolve(text));
          }).on('error', reject);
        });
        const bytes = require('node:crypto').randomBytes(1 << 20);
        const [file, page, ...echoes] = await Promise.all([
          fs.promises.readFile(DIST + '/../package.json', 'utf8'),
          get('/there'),
          echo(bytes), echo(bytes), echo(bytes),
        ]);
        say('file ' + JSON.parse(file).name);
        say('page ' + page);
        say('echoes ' + echoes.every((back) => back.equals(bytes)));
        await until(() => ticks >= 5);
        say('ticks');
        clearInterval(ticking);
        web.close();
        server.close();
      };
      work();
      process.on('exit', (code) => say('exit ' + code));`,
      { host },
    );
    expect(said).toEqual(['file rawloop', 'page hello /there', 'echoes true', 'ticks', 'exit 0']);
  });

  it('callbacks of both are called in turn: neither has to wait for the other to be idle', async () => {
    const said = await sayingsOf(
      `${ECHO}
      // A client that keeps the loop busy for as long as the host's work takes.
      let busy = true;
      let rounds = 0;
      loop.connect({ port }, {
        open(socket) { socket.write('x'); },
        data(socket, chunk) {
          rounds++;
          if (busy) socket.write(chunk);
          else { socket.destroy(); server.destroy(); }
        },
      });
      let steps = 0;
      const step = () => {
        // The thread that waits may not be let run for all of twenty steps.
        if (++steps < 20 || rounds <= 20) {
          return fs.readFile('/dev/null', () => setImmediate(() => setTimeout(step, 0)));
        }
        busy = false;
        say('both went on');
      };
      step();`,
      { host },
    );
    expect(said).toEqual(['both went on']);
  });

  it.each(['setImmediate', 'setTimeout', 'nextTick in setImmediate', 'defer'])(
    'a chain of %s in the loop does not starve it',
    async (kind) => {
      const said = await sayingsOf(
        `
        const loop = new EventLoop().attach();
        let chain = 0;
        let going = true;
        const step = () => {
          chain++;
          if (!going) return;
          switch (${JSON.stringify(kind)}) {
            case 'setImmediate': return loop.setImmediate(step);
            case 'setTimeout': return loop.setTimeout(step);
            case 'defer': return loop.defer(step);
            default: return loop.setImmediate(() => loop.nextTick(step));
          }
        };
        step();
        const server = net.createServer((socket) => socket.end('hi')).listen(0, '127.0.0.1', () => {
          net.connect(server.address().port, '127.0.0.1').resume().on('close', () => {
            fs.readFile('/dev/null', () => setTimeout(() => setImmediate(async () => {
              await until(() => chain > 1);
              going = false;
              server.close();
              say('served');
            })));
          });
        });`,
        { host },
      );
      expect(said).toEqual(['served']);
    },
  );

  it('a chain of its own does not starve the loop', async () => {
    const said = await sayingsOf(
      `
      const loop = new EventLoop().attach();
      let going = true;
      const step = () => { if (going) setImmediate(step); };
      step();
      loop.setTimeout(() => loop.setImmediate(() => {
        loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
          watcher.close();
          going = false;
          say('served');
        });
      }), 1);`,
      { host },
    );
    expect(said).toEqual(['served']);
  });

  it('ticks and microtasks run between any two callbacks of a turn', async () => {
    const said = await sayingsOf(
      `
      const loop = new EventLoop().attach();
      for (const name of ['a', 'b']) {
        loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
          watcher.close();
          say(name);
          Promise.resolve().then(() => say(name + ' promise'));
          process.nextTick(() => say(name + ' host tick'));
          loop.nextTick(() => say(name + ' tick'));
        });
      }`,
      { host },
    );
    const ticksOf = (name: string) => [
      name,
      `${name} tick`,
      `${name} host tick`,
      `${name} promise`,
    ];
    expect(said).toEqual([...ticksOf('a'), ...ticksOf('b')]);
  });
});
