// loop.fs.sendFile: what is refused, the end of the loop, and that a thread's work costs it nothing.
//
// Tried without its guard: without RETRYING in SentFile#ask 'asks the kernel nothing while a thread has
// it' finds a loop that spins.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { FileHandle } from '../../lib/pool/fs/handle.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { pairOf } from './file-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
let path: string;
const pair = () => pairOf(test.loop);

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, 'x'.repeat(3_000_000));
});

it.each(DRIVE_MODES)('asks the kernel nothing while a thread has it, %s', async (mode) => {
  const loop = new EventLoop({ poolSize: 1 });
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  const [from, to] = raw.check(raw.socketpair(constant('AF_UNIX'), type), 'socketpair');
  const file = nodeFs.openSync(path, 'r');
  void loop.crypto.pbkdf2('p', 's', 100_000, 64, 'sha512');
  const socket = loop.stream(from, {}, {});
  const sent = loop.fs.sendFile(socket, file, { length: 1000, inline: false });
  void sent.then(() => socket.destroy());
  await drive(loop, mode);
  expect(await sent).toBe(1000);
  expect(loop.metrics().iterations).toBeLessThan(100);
  loop.close();
  for (const fd of [file, to]) (fd === to ? raw.close : nodeFs.closeSync)(fd);
});

it('rejects with the end of the loop', async () => {
  const { loop } = test;
  const [from] = pair();
  let sent: Promise<unknown> | undefined;
  let file: FileHandle | undefined;
  void loop.fs.open(path).then((opened) => {
    file = opened;
    sent = loop.fs.sendFile(from, file, { inline: false }).catch(({ code }) => code);
    loop.stop();
  });
  await run(loop);
  loop.close();
  expect(await sent).toBe('ERR_HANDLE_CLOSED');
  await file?.close();
});

it('refuses what cannot be sent to, and bad options, before anything happens', async () => {
  const { fs } = test.loop;
  const [a, b] = pair();
  const type = constant('SOCK_SEQPACKET') | constant('SOCK_NONBLOCK');
  const fds = opened.pair(type);
  const records = test.loop.stream(raw.dup(fds[0]) as number);
  const [c, d] = pair();
  const joined = relay(c, d);
  const file = nodeFs.openSync(path, 'r');
  const refused = async (target: unknown, options?: object) => {
    const [outcome] = await Promise.allSettled([fs.sendFile(target as never, file, options)]);
    return (outcome as { reason?: { code: string } }).reason?.code;
  };
  expect(await refused({})).toBe('ERR_INVALID_ARG_TYPE');
  expect(await refused(records)).toBe('ERR_INVALID_ARG_VALUE');
  expect(await refused(c)).toBe('ERR_INVALID_STATE');
  const own = fs.createWriteStream(`${path} new`);
  expect(await refused(own)).toBe('ERR_INVALID_ARG_VALUE');
  for (const options of [{ offset: -1 }, { length: 1.5 }, { offset: 2 ** 53 }]) {
    expect(await refused(a, options)).toBe('ERR_OUT_OF_RANGE');
  }
  expect(await refused(a, { ofset: 1 })).toBe('ERR_INVALID_ARG_VALUE');
  expect(await refused(a, { inline: 1 })).toBe('ERR_INVALID_ARG_TYPE');
  expect(await refused(a, { signal: AbortSignal.abort() })).toBe('ABORT_ERR');
  a.destroy();
  expect(await refused(a)).toBe('ERR_HANDLE_CLOSED');
  for (const stream of [b, records, own]) stream.destroy();
  joined.close();
  nodeFs.closeSync(file);
  await run(test.loop);
});
