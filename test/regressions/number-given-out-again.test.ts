// Trap 42, in the poll set: a descriptor that is waited for is closed by its owner, and
// its number is given to another of the loop. What the first handle does from then on
// (close, modify) must not reach the second one's registration, which goes by the number;
// and it is told that it waits for nothing.
//
// Without #owners in lib/loop/poll-set.ts the socket of the first two tests is deaf, and
// the third hears nothing.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

/** A watcher on a number that is a connecting socket's by now; `late` is done then. */
const told = (late: string) =>
  runChild(`
    const loop = new EventLoop().attach();
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, { data: (socket, chunk) => socket.write(chunk) });
    const [end] = raw.pipe2(c.O_NONBLOCK);
    let lost = 'not told';
    const watcher = loop.watch(end, { read: true }, (ready, self) => { lost = self.error?.code + ' ' + self.isClosed; });
    fs.closeSync(end);
    const say = (what) => { report(what); process.exit(); };
    setTimeout(() => say('silence'), 5000);
    const socket = loop.connect({ port: server.address.port, host: '127.0.0.1' }, {
      open(socket) { ${late}; socket.write('ping'); },
      data: (socket, chunk) => say([Buffer.from(chunk).toString(), socket.handleFd === end, lost].join()),
    });`);

it('closing the first leaves the second its registration', () => {
  expect(told('watcher.close()')).toBe('ping,true,EBADF true');
});

it('so does changing what the first waits for', () => {
  expect(told('try { watcher.modify({ write: true }); } catch {}')).toBe('ping,true,EBADF true');
});

it('the first is told by its callback', () => {
  expect(told('')).toBe('ping,true,EBADF true');
});
