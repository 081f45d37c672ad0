// A loop that nothing leads to any more gives back its descriptors; one that may still
// call back is never taken for one.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

const COLLECT = `
  const v8 = require('node:v8');
  v8.setFlagsFromString('--expose-gc');
  const gc = require('node:vm').runInNewContext('gc');
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Collects until there are as few descriptors as wanted, for at most 5 s. */
  const collected = async (wanted) => {
    for (let i = 0; i < 500 && openDescriptors() > wanted; i++) { gc(); await pause(10); }
    return openDescriptors();
  };
  const shared = eventfd(0);
  const pool = new rawloop.ThreadPool();
  const { signal } = (globalThis.controller = new AbortController());
  globalThis.pids = [];
  const warmUp = new EventLoop().attach();
  warmUp.close();`;

const USES: Record<string, string> = {
  'never used': '',
  'that ran to its end': `loop.setImmediate(() => {}); loop.run();`,
  'attached, with nothing in it': `loop.attach();`,
  'attached, that is done': `loop.attach(); loop.setTimeout(() => {}, 1);`,
  'attached and detached': `loop.attach().detach();`,
  'with a timer that nobody runs': `loop.setTimeout(() => {}, 1e6);`,
  'with a path that is watched': `loop.watchPath('.', {}, () => {});`,
  'that a callback threw out of': `
    loop.setTimeout(() => { throw new Error('on purpose'); }, 0);
    loop.setImmediate(() => {});
    try { loop.run(); } catch {}`,
  'with a server and connections': `
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, {});
    loop.connect({ port: server.address.port, host: '127.0.0.1' }, {});
    loop.run('nowait');`,
  'with a server at a path, and descriptors on their way': `
    const path = '/tmp/rawloop-abandoned-' + process.pid + '-' + Math.random();
    loop.listen({ path }, {});
    loop.run('nowait');
    const socket = loop.connect({ path }, {});
    socket.write('x', { fds: [0] });
    socket.write('y', { fds: [0, 0] });`,
  'with a socket that is closing': `loop.connect({ port: 9, host: '127.0.0.1' }, {}).destroy();`,
  'with streams of files': `
    loop.fs.createReadStream('/proc/self/stat', {}, { open: (stream) => stream.pause() });
    loop.fs.createWriteStream('/dev/null').write('x');
    for (let i = 0; i < 50; i++) loop.run('nowait');`,
  'with terminals, of which one is raw': `
    const { O_NOCTTY, O_RDWR, TIOCGPTPEER, TIOCSPTLCK } = raw.constants;
    const fs = require('node:fs');
    const master = fs.openSync('/dev/ptmx', O_RDWR | O_NOCTTY);
    raw.ioctl(master, TIOCSPTLCK, 0);
    const open = () => raw.check(raw.ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY), 'ioctl');
    loop.tty(open(), {}, { resize() {} });
    loop.tty(open()).setRawMode(true);
    fs.closeSync(master);`,
  'with ptys, of which one has a program': `
    loop.pty({ signal });
    const pty = loop.pty({}, { data() {} });
    globalThis.pids.push(loop.spawn('sleep', ['100'], { controllingTerminal: pty }).pid);`,
  'with streams over descriptors': `for (const fd of raw.pipe2(0)) loop.stream(fd, {}, {});`,
  'with a relay that holds a pipe': `
    const { AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK } = raw.constants;
    const pair = () => raw.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const [near, a, b, far] = [...pair(), ...pair()].map((fd) => loop.stream(fd, {}, {}));
    far.pause();
    const joined = relay(a, b);
    near.write(new Uint8Array(1e6));
    while (joined.bufferedBytes === 0) loop.run('nowait');`,
  'with datagram sockets': `
    const { port } = loop.dgram({ host: '127.0.0.1' }, {}).address;
    loop.dgram({ family: 'ipv4', to: { host: '127.0.0.1', port } }, {}).send('x');`,
  'with a watcher': `loop.watch(shared, { read: true }, () => {});`,
  'whose handles end with a signal that lives on': `
    loop.watch(shared, { read: true, signal }, () => {});
    const { address } = loop.listen({ port: 0, host: '127.0.0.1', signal }, {});
    loop.connect({ port: address.port, signal }, {});`,
  'that connects to a name': `
    const resolver = { lookup: async () => [{ address: '127.0.0.1', family: 4 }] };
    loop.connect({ host: 'x.test', port: 9, resolver }, {});`,
  'with a question to a name server': `
    const silent = loop.dgram({ host: '127.0.0.1' }, {}).address;
    const servers = ['127.0.0.1:' + silent.port];
    new loop.dns.Resolver({ servers, hosts: false }).resolve4('x.test').catch(() => {});`,
  'with workers, of which one is at work': `
    loop.workers({ code: 'module.exports = () => { for (;;); };', size: 1 }).run(1).catch(() => {});
    loop.workers({ code: 'module.exports = () => 1;' });`,
  'with children that run': `
    for (const stdio of ['pipe', 'ignore']) globalThis.pids.push(loop.spawn('sleep', ['100'], { stdio }).pid);
    loop.waitPid(process.ppid).catch(() => {});`,
  'with work on its pool': `loop.fs.stat('/').catch(() => {});`,
  'with work on a pool of others': `
    new EventLoop({ pool }).fs.stat('/').catch(() => {});`,
};

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(Object.keys(USES))('a loop %s leaves no descriptor', async (use) => {
    const said = await sayingsOf(
      `${COLLECT}
      setImmediate(async () => {
        const before = openDescriptors();
        const make = () => { const loop = new EventLoop(); ${USES[use]} };
        for (let i = 0; i < 20; i++) make();
        say(openDescriptors() > before ? 'made' : 'none made');
        await pause(20);
        say((await collected(before)) <= before ? 'given back' : 'left');
        for (const pid of pids) raw.kill(pid, raw.constants.SIGKILL);
        process.exit();
      });`,
      { host },
    );
    expect(said).toEqual(['made', 'given back']);
  });

  it('an attached loop with an unreferenced timer, watcher or signal lives on', async () => {
    const said = await sayingsOf(
      `${COLLECT}
      const fd = eventfd(0);
      const { port1, port2 } = new MessageChannel();
      let ticks = 0, events = 0, signals = 0;
      (() => {
        new EventLoop().attach().setInterval(() => { ticks++; }, 1).unref();
        new EventLoop().attach().watch(fd, { read: true, edge: true }, () => { events++; }).unref();
        new EventLoop().attach().onSignal('SIGUSR2', () => { signals++; });
      })();
      (async () => {
        for (let i = 0; i < 20; i++) { gc(); await pause(2); }
        ticks = 0;
        raw.write(fd, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 0, 8);
        process.kill(process.pid, 'SIGUSR2');
        await until(() => ticks > 0 && events > 0 && signals > 0);
        say('all called');
        process.exit();
      })();`,
      { host },
    );
    expect(said).toEqual(['all called']);
  });
});
