// rawloop/compat/usocket: whose the descriptors are that came, by the ends of pipes, which are counted.
// Without `adopt` in unread.ts the first test leaves two open, without `close` at the head of `destroy` the
// second, and without `isHeardOf` the third finds them closed.
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { UServer, USocket } from '../../lib/compat/usocket/index.js';
import { keepDefaultLoop } from '../support/default-loop.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

keepDefaultLoop();
guardDescriptors();
const opened = new Opened();

/** Two ends of a connection; the first gets 'hi' and both ends of a pipe. */
function receiver(): [USocket, USocket] {
  const [mine, theirs] = opened.pair();
  const peer = new USocket({ fd: theirs });
  peer.write({ data: Buffer.from('hi'), fds: opened.pipe() });
  return [new USocket({ fd: mine }), peer];
}

describe.runIf(DRIVE_MODES.includes('guest'))('descriptors that came over a USocket', () => {
  it('are closed by destroy() when they were put back', async () => {
    const [socket, peer] = receiver();
    let found = socket.read(2, 2);
    while (found === null) {
      await once(socket, 'readable');
      found = socket.read(2, 2);
    }
    socket.unshift(found.data, found.fds);
    expect(socket.read(2, 2)).toEqual(found);
    socket.unshift(found.data, found.fds);
    socket.destroy();
    expect(found.fds.map(isOpen)).toEqual([false, false]);
    peer.destroy();
  });

  it('are closed by destroy() behind its end', async () => {
    const [socket, peer] = receiver();
    const closed = once(socket.resume(), 'close');
    peer.end();
    socket.end();
    await closed;
    socket.destroy();
    peer.destroy();
  });

  it("are the listener's of 'fds', who may destroy it, and hears no more then", async () => {
    const [socket, peer] = receiver();
    const told: string[] = [];
    for (const name of ['data', 'end', 'close']) socket.on(name, () => told.push(name));
    socket.on('fds', () => socket.destroy());
    const [fds] = (await once(socket, 'fds')) as [number[]];
    expect(fds.map(isOpen)).toEqual([true, true]);
    for (const fd of fds) opened.keep(native.adopt(fd) === 0 ? fd : -1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    peer.destroy();
  });

  // Without `drop` in `#letGo` of socket.ts.
  it('that wait to be sent are dropped by destroy()', async () => {
    const socket = new USocket({ fd: opened.pair()[0] });
    socket.write(opened.pipe());
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
  });

  // Without the look at `#pending` in `#open` of server.ts.
  it('a UServer that was closed before it listened has none', async () => {
    const server = new UServer();
    const told: string[] = [];
    server.on('listening', () => told.push('listening'));
    server.listen(join(temporaryFolder(), 'socket'));
    server.close();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
  });
});

it('null is refused in the words of the original', () => {
  expect(() => new UServer().listen(null as never)).toThrow('UServer expects valid path');
  expect(() => new USocket().connect(null as never)).toThrow('USocket#connect expects string path');
});
