// `loop.dns.lookup` and `lookupService`: what the C library finds, in a network and with files of
// a child's own, so that no name leaves this machine: its name server is the child itself, or a
// socket that says nothing.
// Tried without its guard: with the lane `fs` for look-ups the first waits for all of them, and
// says so; without `hints` the one of AI_V4MAPPED fails; without LookupStatus's base the codes.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../package/support.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

const OWN = ['-Urnm'];
const isOwn =
  process.platform === 'linux' &&
  spawnSync('unshare', [...OWN, 'sh', '-c', 'ip link set lo up'], { stdio: 'ignore' }).status === 0;
const packet = createRequire(import.meta.url).resolve('dns-packet');

const PRELUDE = `
  const { EventLoop, constants } = require(${JSON.stringify(join(root, 'dist/index.cjs'))});
  const packet = require(${JSON.stringify(packet)});
  const loop = new EventLoop({ poolSize: 4 });
  const codeOf = ({ code, errno, syscall, hostname }) => [code, errno, syscall, hostname];
  /** Answers those that it said nothing to before. */
  let answerAll;
  /** A name server at the only address that the C library knows. */
  const serve = (answer) => loop.dgram({ host: '127.0.0.1', port: 53 }, {
    message(socket, chunk, from) {
      const bytes = Buffer.from(chunk);
      const { id, questions } = packet.decode(bytes);
      const answers = answer(questions[0]);
      if (answers === undefined) {
        const before = answerAll;
        answerAll = () => {
          before?.();
          this.message(socket, bytes, from);
        };
        return;
      }
      const flags = 0x180 | (answers === 'nobody' ? 3 : answers === 'broken' ? 2 : 0);
      const message = { type: 'response', id, flags, questions };
      const list = Array.isArray(answers) ? answers : [];
      socket.send(packet.encode({ ...message, answers: list }), from);
    },
    error() {},
  }).unref();
  const say = (value) => require('node:fs').writeSync(1, JSON.stringify(value));
  const drive = (mode) => (mode === 'guest' ? loop.attach() : setImmediate(() => loop.run()));
`;

function inOwnNetwork(script: string): unknown {
  const folder = temporaryFolder();
  const files = {
    'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:30 attempts:1\n',
    hosts: '127.0.0.1 localhost\n192.0.2.7 listed.test\n2001:db8::7 listed.test\n',
    'nsswitch.conf': 'hosts: files dns\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const mounts = Object.keys(files).map(
    (name) => `mount --bind ${join(folder, name)} /etc/${name}`,
  );
  const commands = ['ip link set lo up', ...mounts, 'exec "$@"'].join('\n');
  const node = [process.execPath, '-e', PRELUDE + script];
  const args = [...OWN, 'sh', '-ec', commands, 'sh', ...node];
  const { status, stdout, stderr } = spawnSync('unshare', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe.runIf(isOwn).each(DRIVE_MODES)('in a network of its own (%s)', (mode) => {
  it('a file is read while every slow thread asks a server that says nothing', () => {
    const told = inOwnNetwork(`
      let asked = 0;
      let answer;
      serve(() => {
        asked++;
        return answer;
      });
      const lookups = Array.from({ length: 6 }, () => loop.dns.lookup('silent.test').catch(codeOf));
      const { signal } = new AbortController();
      const wait = () => {
        const { dns } = loop.pool.stats().lanes;
        if (dns.running < 2 || asked === 0) return void loop.setTimeout(wait, 5);
        // By a thread, although the kernel has it in memory.
        loop.fs.readFile('/etc/hosts', { encoding: 'utf8', inline: false }).then((text) => {
          const { lanes } = loop.pool.stats();
          const { running, queued, completed } = lanes.dns;
          say([text.includes('listed.test'), running, queued, completed, lanes.fs.completed > 0]);
          answer = 'nobody';
          answerAll();
          return Promise.all(lookups).then(() => loop.close());
        });
      };
      wait();
      drive(${JSON.stringify(mode)});`);
    expect(told).toEqual([true, 2, 4, 0, true]);
  });

  it('names are found as the system is set up to find them, and failures told as Node tells them', () => {
    const told = inOwnNetwork(`
      const zone = {
        'both.test': [['A', '192.0.2.1'], ['A', '192.0.2.2'], ['AAAA', '2001:db8::1']],
        'four.test': [['A', '192.0.2.4']],
        'xn--bcher-kva.test': [['A', '192.0.2.5']],
        '1.2.0.192.in-addr.arpa': [['PTR', 'named.test']],
      };
      serve(({ name, type }) => {
        if (name === 'broken.test') return 'broken';
        const records = zone[name.toLowerCase()];
        if (records === undefined) return 'nobody';
        return records.filter(([t]) => t === type).map(([type, data]) => ({ type, name, data, ttl: 1 }));
      });
      const all = { all: true };
      const cases = [
        ['lookup', 'listed.test', { family: 4 }],
        ['lookup', 'listed.test', { ...all, verbatim: false }],
        ['lookup', 'both.test', { ...all, verbatim: false }],
        ['lookup', 'four.test', { ...all, family: 6, hints: constants.AI_V4MAPPED }],
        ['lookup', 'BOTH.test', { family: 6 }],
        ['lookupService', '192.0.2.1', 22],
        ['lookup', 'none.test'],
        ['lookup', 'four.test', { family: 6 }],
        ['lookup', 'broken.test'],
        ['lookupService', '192.0.2.9', 1],
        ['lookup', 'bücher.test'],
        ['lookup', '127.0.0.1', { family: 6 }],
        ['lookup', '::1', all],
        ['lookup', 'listed.test.', { hints: constants.AI_ADDRCONFIG | constants.AI_ALL }],
        ['lookup', 'a..b'],
        ['lookup', 'x'.repeat(64) + '.test'],
        ['lookupService', '127.0.0.1', 65535],
        ['lookupService', '::ffff:192.0.2.1', 0],
      ];
      // The addresses of a family come in no order.
      const sorted = (told) => Array.isArray(told) && told[0].address
        ? told.sort((a, b) => a.family - b.family || (a.address < b.address ? -1 : 1)) : told;
      const outcomes = (dns) => Promise.all(cases.map(([method, ...args]) =>
        // Node's promises of getnameinfo say nothing of the address.
        dns[method](...args).catch((error) => codeOf({ hostname: args[0], ...error })).then(sorted)));
      const host = ${JSON.stringify(mode)} === 'guest' ? outcomes(require('node:dns').promises) : undefined;
      outcomes(loop.dns).then(async (ours) => {
        say({ ours, host: await host });
        loop.close();
      });
      drive(${JSON.stringify(mode)});`);
    const v4 = (address: string) => ({ address, family: 4 });
    const v6 = (address: string) => ({ address, family: 6 });
    const { ours, host = ours } = told as { ours: unknown[]; host?: unknown };
    expect(ours).toEqual(host);
    expect(ours.slice(0, 11)).toEqual([
      v4('192.0.2.7'),
      [v4('192.0.2.7'), v6('2001:db8::7')],
      [v4('192.0.2.1'), v4('192.0.2.2'), v6('2001:db8::1')],
      [v6('::ffff:192.0.2.4')],
      v6('2001:db8::1'),
      { hostname: 'named.test', service: 'ssh' },
      ['ENOTFOUND', -3008, 'getaddrinfo', 'none.test'],
      ['ENOTFOUND', -3007, 'getaddrinfo', 'four.test'],
      ['EAI_AGAIN', -3001, 'getaddrinfo', 'broken.test'],
      ['ENOTFOUND', -3008, 'getnameinfo', '192.0.2.9'],
      v4('192.0.2.5'),
    ]);
  });
});
