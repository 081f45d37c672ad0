// What is loaded when: `require('rawloop')` loads the loop alone, each family with its first
// use, and what measures or records with its own entry point. A program that watches one
// descriptor is to start as fast as if the rest were not there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, runScript } from './support.js';

/** What every entry point of the loop needs. */
const LOOP = ['chunks/loop.cjs', 'chunks/raw.cjs', 'index.cjs'];

/** For a child: the files of dist/ that were loaded so far, and the host's own modules. */
const LOOK = `
  const { relative } = require('node:path');
  const dist = ${JSON.stringify(join(root, 'dist'))};
  const own = () => process.moduleLoadList
    .filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
  const before = new Set(own());
  const files = () => Object.keys(require.cache)
    .map((file) => relative(dist, file)).filter((file) => file.endsWith('.cjs')).sort();
  const host = () => own().filter((name) => !before.has(name));
  const say = (value) => console.log(JSON.stringify(value));
`;

function inChild<T>(code: string, entry = 'index'): T {
  const file = JSON.stringify(join(root, 'dist', `${entry}.cjs`));
  const { status, stdout, stderr } = runScript(
    `${LOOK} const loaded = require(${file}); ${code}`,
    root,
  );
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

/** What families of streams have in common. */
const STREAM = 'chunks/stream.cjs';
/** What streams over descriptors are made of, and signals: others have both. */
const OVER_DESCRIPTORS = 'chunks/descriptor-stream.cjs';
const SIGNALS = 'chunks/signals.cjs';
/** And what TCP and Unix sockets need beside. */
const NET = ['chunks/endpoint.cjs', 'chunks/net.cjs', 'chunks/unix.cjs', STREAM];

/** Datagrams have their places, and how sockets are opened, from TCP. */
const DATAGRAM = ['chunks/datagram.cjs', 'chunks/endpoint.cjs', STREAM, 'chunks/unix.cjs'];

/** Terminals and stdio. */
const TERMINAL = [OVER_DESCRIPTORS, SIGNALS, STREAM, 'chunks/terminal.cjs'];
/** Their masters. */
const PTY = ['chunks/pty.cjs', OVER_DESCRIPTORS, STREAM];
/** Processes: their stdio, and how their end is heard of. */
const SPAWN = [OVER_DESCRIPTORS, SIGNALS, 'chunks/spawn.cjs', STREAM];

/** What is done on threads. */
const POOL = ['chunks/pool.cjs', 'chunks/requests.cjs'];
/** Names, by the C library; */
const DNS = ['chunks/dns.cjs', 'chunks/names.cjs', ...POOL];
/** by name servers; what opens the sockets comes with the first question. */
const RESOLVER = ['chunks/resolver.cjs', 'chunks/rolldown-runtime.cjs'];
/** What has jobs of workers. */
const JOBS = ['chunks/jobs.cjs', 'chunks/worker-layout.cjs'];

/** The first use of each family, and the files of dist/ that it brings. */
const USES: [use: string, code: string, files: string[]][] = [
  ['a loop that runs', 'loop.setImmediate(() => {}) && loop.run()', []],
  ['a checked poller', "loaded.createPoller('checked').close()", ['chunks/checked.cjs']],
  ['loop.watch', 'loop.watch(0, { read: true }, () => {})', ['chunks/watch.cjs']],
  ['loop.listen', 'loop.listen({ port: 0 }, {})', NET],
  ['loop.connect', 'loop.connect({ port: 9 }, {})', NET],
  [
    'a socket option by its number',
    'loop.listen({ port: 0 }, {}).getOption(loaded.constants.SOL_SOCKET, loaded.constants.SO_TYPE)',
    NET,
  ],
  [
    'a socket option by its name',
    "loop.listen({ port: 0 }, {}).getOption('SO_TYPE')",
    [...NET, 'chunks/socket-options.cjs'],
  ],
  [
    'keepAlive',
    'loop.connect({ port: 9, keepAlive: true }, {})',
    [...NET, 'chunks/socket-options.cjs'],
  ],
  ['loop.stream', 'loop.stream(0, {}, {})', ['chunks/descriptor.cjs', OVER_DESCRIPTORS, STREAM]],
  ['relay', 'loaded.relay.name', ['chunks/relay.cjs', STREAM]],
  ['loop.dgram', "loop.dgram({ host: '127.0.0.1' }, {})", DATAGRAM],
  ['loop.onSignal', "loop.onSignal('SIGHUP', () => {})", ['chunks/process.cjs', SIGNALS]],
  ['loop.stderr', 'loop.stderr', TERMINAL],
  ['the class TtyStream', 'loaded.TtyStream.name', TERMINAL],
  ['loop.pty', 'loop.pty()', PTY],
  ['loop.watchPath', "loop.watchPath('.')", ['chunks/paths.cjs', ...POOL]],
  ['loop.pool', 'loop.pool.size', POOL],
  ['loop.fs', 'loop.fs', POOL],
  [
    'a file as a stream',
    "loop.fs.createReadStream('/').destroy()",
    [...POOL, STREAM, 'chunks/streaming.cjs'],
  ],
  ['loop.crypto', 'loop.crypto', POOL],
  [
    'a digest that OpenSSL does not know',
    "loop.crypto.hash('none', 'x').catch(() => {})",
    [...JOBS, 'chunks/host-crypto.cjs', ...POOL],
  ],
  ['loop.dns', 'loop.dns', [...DNS]],
  ['loop.dns.lookup', "loop.dns.lookup('localhost').catch(() => {})", [...DNS]],
  ['a question to name servers', 'loop.dns.getServers()', [...DNS, ...RESOLVER]],
  [
    'the class NameRequests',
    'loaded.NameRequests.name',
    DNS.filter((file) => !/pool|requests/.test(file)),
  ],
  ['the class Watcher', 'loaded.Watcher.name', ['chunks/watch.cjs']],
  ['the class Socket', 'loaded.Socket.name', NET],
  [
    'the class DescriptorStream',
    'loaded.DescriptorStream.name',
    ['chunks/descriptor.cjs', OVER_DESCRIPTORS, STREAM],
  ],
  ['the class SignalHandle', 'loaded.SignalHandle.name', ['chunks/process.cjs', SIGNALS]],
  ['the class PathWatcher', 'loaded.PathWatcher.name', ['chunks/paths.cjs']],
  ['loop.spawn', "loop.spawn('true')", SPAWN],
  ['the class Child', 'loaded.Child.name', SPAWN],
  ['inheritedSockets', 'loaded.inheritedSockets()', ['chunks/process.cjs', SIGNALS]],
  ['sdNotify', "loaded.sdNotify('READY=1')", ['chunks/process.cjs', SIGNALS]],
  ['loop.workers', "loop.workers({ code: '' })", [...JOBS, 'chunks/workers.cjs']],
  ['loop.zlib', 'loop.zlib', [...JOBS, 'chunks/zlib.cjs']],
  ['the class Stats', 'loaded.Stats.name', POOL],
  [
    'the class ThreadPerConnectionServer',
    'loaded.ThreadPerConnectionServer.name',
    ['chunks/endpoint.cjs', 'chunks/models.cjs'],
  ],
];

describe('require of rawloop', () => {
  it('loads the loop alone', () => {
    expect(inChild('say(files())')).toEqual(LOOP);
  });

  it('has nothing of the families in its files', () => {
    const sources = ['loop', 'raw'].flatMap((name) => {
      const text = readFileSync(join(root, 'dist/chunks', `${name}.cjs.map`), 'utf8');
      return (JSON.parse(text) as { sources: string[] }).sources;
    });
    const layers = new Set(sources.map((source) => /\/lib\/(\w+)\//.exec(source)?.[1]));
    expect([...layers].sort()).toEqual(['base', 'binding', 'faces', 'loop', 'poller', 'raw']);
  });

  it('loads next to nothing of the host that was not there', () => {
    const loaded = inChild<string[]>('say(host())');
    // Of newer hosts these are more modules; what costs a millisecond each is none of them.
    const slow = /perf_hooks|worker|http|net|stream|crypto|async_hooks|child_process|url/;
    expect(loaded.filter((name) => slow.test(name))).toEqual([]);
  });

  it.each(USES)('leaves what %s needs to its first use', (_use, code, more) => {
    const said = inChild(`
      const loop = new loaded.EventLoop();
      const first = files();
      void (${code});
      const then = files();
      loop.close();
      say([first, then]);`);
    expect(said).toEqual([LOOP, [...LOOP, ...more].sort()]);
  });

  it('gives the very class that the loop makes use of', () => {
    const said = inChild(`
      const loop = new loaded.EventLoop();
      const server = loop.listen({ port: 0 }, {});
      const watcher = loop.watch(0, { read: true }, () => {});
      say([server instanceof loaded.Server, watcher instanceof loaded.Watcher,
        loop.pool instanceof loaded.ThreadPool, server.constructor === loaded.Server]);
      loop.close();`);
    expect(said).toEqual([true, true, true, true]);
  });
});

it('require of rawloop/raw loads the system calls alone', () => {
  expect(inChild('say(files())', 'raw')).toEqual(['chunks/raw.cjs', 'raw.cjs']);
});

it('require of rawloop/node loads what all streams have in common, and no family', () => {
  const common = ['chunks/loop.cjs', 'chunks/raw.cjs', STREAM];
  expect(inChild('say(files())', 'node')).toEqual([...common, 'node.cjs'].sort());
});

it('require of rawloop/inspect loads no family', () => {
  const files = inChild<string[]>('say(files())', 'inspect');
  const allowed = /^(chunks\/)?(inspect|loop|raw)\.cjs$/;
  expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  expect(files).toContain('inspect.cjs');
});

it.each(['abstract-socket', 'epoll', 'node-pty', 'unix-dgram', 'usocket'])(
  'require of rawloop/compat/%s loads no family',
  (name) => {
    const entry = `compat/${name}`;
    const files = inChild<string[]>('say(files())', entry);
    const loop = name === 'abstract-socket' ? [] : ['chunks/loop.cjs'];
    expect(files).toEqual([...loop, 'chunks/raw.cjs', `${entry}.cjs`]);
  },
);
