// Everything that can keep a loop alive, each as a script that makes one and does
// nothing else; see child.ts for `hold` and `settle`.

/** By name; each can be unreferenced and closed. */
export const KINDS: Readonly<Record<string, string>> = {
  timer: 'hold(loop.setTimeout(() => {}, 1e9)); settle();',
  interval: 'hold(loop.setInterval(() => {}, 1)); settle();',
  // Each sets the next, with the same reference; the first closes the last.
  immediate: `
    let last;
    const again = () => { const had = last.hasRef(); last = loop.setImmediate(again); if (!had) last.unref(); };
    last = loop.setImmediate(again);
    hold({
      unref() { last.unref(); }, ref() { last.ref(); },
      [Symbol.dispose]() { loop.clearImmediate(last); },
    });
    settle();`,
  server: "hold(loop.listen({ host: '127.0.0.1', port: 0 }, {})); settle();",
  // Not a file, which would stay: the process ends as it is.
  'server at an abstract name': `
    const name = process.platform === 'linux' ? '\\0liveness ' + process.pid : undefined;
    const where = name === undefined ? { port: 0 } : { path: name };
    hold(loop.listen(where, {})); settle();`,
  'connected socket': `
    const { port } = listening();
    loop.connect({ host: '127.0.0.1', port }, { open(socket) { hold(socket); settle(); } });`,
  'socket connected by name': `
    const { port } = listening();
    const resolver = { lookup: async () => [{ address: '127.0.0.1', family: 4 }] };
    const options = { host: 'x.test', port, resolver };
    loop.connect(options, { open(socket) { hold(socket); settle(); } });`,
  'accepted socket': `
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      open(socket) { server.close(); hold(socket); settle(); },
    });
    const client = raw.socket(c.AF_INET, c.SOCK_STREAM);
    raw.check(raw.connect(client, server.address), 'connect');`,
  'stream of a Unix socket': `
    const [end, other] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK);
    hold(loop.stream(end, {}, {})); settle();`,
  'stream of a descriptor': `
    const [readEnd] = raw.pipe2(0);
    hold(loop.stream(readEnd, {}, {})); settle();`,
  terminal: `
    const fd = fs.openSync('/dev/ptmx', c.O_RDWR | c.O_NOCTTY);
    raw.check(raw.ioctl(fd, c.TIOCSPTLCK, 0), 'ioctl');
    const own = raw.check(raw.ioctl(fd, c.TIOCGPTPEER, c.O_RDWR | c.O_NOCTTY), 'ioctl');
    hold(loop.tty(own, {}, { data() {} })); settle();`,
  pty: 'hold(loop.pty({}, { data() {} })); settle();',
  'two streams that are relayed': `
    const [a, b] = [0, 1].map(() => {
      const [end] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK);
      return loop.stream(end, {}, {});
    });
    const joined = relay(a, b);
    hold({
      unref() { a.unref(); b.unref(); }, ref() { a.ref(); b.ref(); },
      [Symbol.dispose]() { joined.close(); },
    });
    settle();`,
  'file that is read, and paused': `
    loop.fs.createReadStream('/dev/zero', {}, {
      open(file) { file.pause(); hold(file); settle(); },
    });`,
  'file that is written': `
    loop.fs.createWriteStream('/dev/null', {}, { open(file) { hold(file); settle(); } });`,
  // Who waits for a connection, or for bytes, holds nothing: the handle does.
  'server that is iterated': `
    const server = loop.listen({ host: '127.0.0.1', port: 0 });
    server[Symbol.asyncIterator]().next(); hold(server); settle();`,
  'stream that is iterated': `
    const [readEnd] = raw.pipe2(0);
    const stream = loop.stream(readEnd, {});
    stream[Symbol.asyncIterator]().next(); hold(stream); settle();`,
  'datagram socket': "hold(loop.dgram({ host: '127.0.0.1' }, {})); settle();",
  watcher: 'hold(loop.watch(silentFd(), { read: true }, () => {})); settle();',
  workers: "hold(loop.workers({ code: 'module.exports = () => 1;', size: 1 }).ref()); settle();",
  'child without streams': "hold(loop.spawn('sleep', ['5'], { stdio: 'ignore' })); settle();",
  'child with streams': "hold(loop.spawn('cat')); settle();",
  'signal handle': "hold(loop.onSignal('SIGUSR2', () => {}).ref()); settle();",
  'watched path': "hold(loop.watchPath('.', {}, () => {})); settle();",
  'idle hook': 'hold(loop.idle(() => {})); settle();',
  'prepare hook': 'hold(loop.prepare(() => {})); settle();',
  'check hook': 'hold(loop.check(() => {})); settle();',
};

/** All of them in one loop; `hold` is for each. */
export const ALL_KINDS = `
  let left = ${Object.keys(KINDS).length};
  const settleOne = () => { if (--left === 0) settle(); };
  ${Object.values(KINDS)
    .map((script) => `{ const settle = settleOne; ${script} }`)
    .join('\n')}
`;
