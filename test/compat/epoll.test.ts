// rawloop/compat/epoll on real descriptors: what npm epoll does with them, in the same order,
// and what made that package fail. Its own test files are run by `npm run test:compat`.
import { describe, expect, it } from 'vitest';
import { Epoll } from '../../lib/compat/epoll/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { usedBackend } from '../support/libkqueue.js';

const onLinux = describe.skipIf(process.platform !== 'linux' || usedBackend !== 'epoll');
// The thread's own set stays open.
new Epoll(() => {}).add(0, 0).remove(0).close();
guardDescriptors();
const opened = new Opened();

const EFD = constant('EFD_NONBLOCK');
const word = new BigUint64Array(1);
const counter = (value = 1) => opened.keep(raw.eventfd(value, EFD));
const drain = (fd: number) => raw.read(fd, word);
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** An instance, what it was told, and what it does then. */
function heardBy(then: (fd: number, events: number, epoll: Epoll) => void = () => {}) {
  const heard: [number, number][] = [];
  const epoll: Epoll = new Epoll((error, fd, events) => {
    expect(error).toBeNull();
    heard.push([fd, events]);
    then(fd, events, epoll);
  });
  return { epoll, heard };
}

onLinux('an Epoll', () => {
  it('is told the descriptor and the bits of the kernel, again for as long as they hold', async () => {
    const fd = counter();
    const { epoll, heard } = heardBy(() => {
      if (heard.length < 3) return;
      drain(fd);
      epoll.close();
    });
    expect(epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT)).toBe(epoll);
    await turns(12);
    expect(heard).toEqual([1, 2, 3].map(() => [fd, Epoll.EPOLLIN | Epoll.EPOLLOUT]));
    expect(epoll.closed).toBe(true);
  });

  it('with EPOLLONESHOT is told once, and once more after modify', async () => {
    const fd = counter();
    const { epoll, heard } = heardBy();
    epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLONESHOT);
    await turns(6);
    expect(heard.length).toBe(1);
    epoll.modify(fd, Epoll.EPOLLIN | Epoll.EPOLLONESHOT);
    await turns(6);
    expect(heard.length).toBe(2);
    epoll.close();
  });

  it('with EPOLLET is told each change once', async () => {
    const fd = counter(0);
    const { epoll, heard } = heardBy();
    epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLET);
    await turns(4);
    expect(heard.length).toBe(0);
    for (let n = 1; n <= 2; n++) {
      raw.write(fd, new BigUint64Array([1n]));
      await turns(6);
      expect(heard.length).toBe(n);
    }
    epoll.close();
  });

  it('is told in the order in which the kernel has them, each true when it is told', async () => {
    const fds = [counter(), counter(), counter()];
    // The first to be told reads all of them: the others have nothing to tell any more.
    const { epoll, heard } = heardBy(() => fds.forEach(drain));
    for (const fd of fds) epoll.add(fd, Epoll.EPOLLIN);
    await turns(6);
    expect(heard).toEqual([[fds[0], Epoll.EPOLLIN]]);
    for (const fd of [...fds].reverse()) raw.write(fd, new BigUint64Array([1n]));
    epoll.close();
    const other = heardBy((fd) => drain(fd));
    for (const fd of fds) other.epoll.add(fd, Epoll.EPOLLIN);
    await turns(6);
    expect(other.heard.map(([fd]) => fd)).toEqual(fds);
    other.epoll.close();
  });

  it('runs ticks and promises between two callbacks', async () => {
    const order: string[] = [];
    const { epoll } = heardBy((fd) => {
      order.push('event');
      drain(fd);
      process.nextTick(() => order.push('tick'));
      void Promise.resolve().then(() => order.push('promise'));
    });
    for (const fd of [counter(), counter()]) epoll.add(fd, Epoll.EPOLLIN);
    await turns(6);
    expect(order).toEqual(['event', 'tick', 'promise', 'event', 'tick', 'promise']);
    epoll.close();
  });

  it('may be closed, and its descriptors removed, by its own callback', async () => {
    const fds = [counter(), counter(), counter()];
    const { epoll, heard } = heardBy((fd) => {
      for (const other of fds) if (other !== fd) epoll.remove(other);
      epoll.close();
    });
    for (const fd of fds) epoll.add(fd, Epoll.EPOLLIN);
    await turns(6);
    expect(heard.length).toBe(1);
  });

  it('closes whole where a descriptor was closed before it, and says so', async () => {
    const closed = raw.check(raw.eventfd(0, EFD), 'eventfd');
    const fd = counter();
    const { epoll, heard } = heardBy();
    epoll.add(closed, Epoll.EPOLLIN).add(fd, Epoll.EPOLLIN);
    raw.close(closed);
    expect(() => epoll.close()).toThrow('Bad file descriptor');
    await turns(4);
    expect(heard).toEqual([]);
    // Nothing of it is registered any more.
    const other = heardBy(drain);
    other.epoll.add(fd, Epoll.EPOLLIN);
    await turns(4);
    expect(other.heard.length).toBe(1);
    other.epoll.close();
  });

  it('throws the errors of the original', () => {
    const { epoll } = heardBy();
    const fd = counter(0);
    epoll.add(fd, Epoll.EPOLLIN);
    const thrown: [() => unknown, string][] = [
      [() => new Epoll(undefined as never), 'First argument to construtor must be a callback'],
      [() => epoll.add(fd, 1), 'File exists'],
      [() => epoll.add(-1, 1), 'Bad file descriptor'],
      [() => epoll.remove(counter(0)), 'No such file or directory'],
      [() => epoll.add(0.5, 1), 'incorrect arguments passed to add(int fd, int events)'],
      [() => epoll.modify(fd, '1' as never), 'incorrect arguments passed to modify'],
      [() => epoll.remove('1' as never), 'incorrect arguments passed to remove(int fd)'],
    ];
    for (const [call, message] of thrown) expect(call).toThrow(message);
    expect(epoll.close()).toBeNull();
    expect(() => epoll.close()).toThrow("close can't be called more than once");
    expect(() => epoll.add(fd, 1)).toThrow("add can't be called after calling close");
  });
});

onLinux('a process', () => {
  it('lives as long as a descriptor is added, also in a Worker, and goes on behind a throw', () => {
    const report = runChild(`
      const { Epoll } = require(DIST + '/compat/epoll.cjs');
      const { isMainThread, parentPort } = require('node:worker_threads');
      process.on('uncaughtException', (error) => { heard.push(error.message); });
      const heard = [];
      const fd = raw.eventfd(1, c.EFD_NONBLOCK);
      const epoll = new Epoll(() => {
        if (heard.length === 0) { heard.push('event'); throw new Error('thrown'); }
        heard.push('again');
        epoll.remove(fd).close();
        const worker = new Worker(\`
          const { Epoll } = require(\${JSON.stringify(DIST + '/compat/epoll.cjs')});
          const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
          const fd = raw.eventfd(1);
          const epoll = new Epoll(() => {
            require('node:worker_threads').parentPort.postMessage('in a Worker');
            epoll.close();
          });
          epoll.add(fd, Epoll.EPOLLIN);\`, { eval: true });
        worker.on('message', (text) => heard.push(text));
        worker.on('exit', (code) => { report([...heard, code]); });
      });
      epoll.add(fd, Epoll.EPOLLIN);`);
    expect(report).toEqual(['event', 'thrown', 'again', 'in a Worker', 0]);
  });

  // Without the rebuilding of the set the first file stays in it, and the host's loop spins.
  it('hears nothing of a file whose number was given to another, and opens no second set', () => {
    const report = runChild(`
      const { Epoll } = require(DIST + '/compat/epoll.cjs');
      const first = raw.eventfd(1, c.EFD_NONBLOCK);
      const duplicate = raw.dup(first);
      const heard = [];
      const epoll = new Epoll((error, fd, events) => {
        heard.push([fd === first, events]);
        raw.read(fd, new BigUint64Array(1));
      });
      epoll.add(first, Epoll.EPOLLOUT | Epoll.EPOLLIN);
      raw.close(first);
      const before = countDescriptors();
      epoll.add(raw.eventfd(1, c.EFD_NONBLOCK), Epoll.EPOLLIN);
      // The set may have several descriptors: the host's is one.
      const registered = () => new Set(fs.readdirSync('/proc/self/fdinfo').flatMap((name) => {
        let text = '';
        try { text = fs.readFileSync('/proc/self/fdinfo/' + name, 'utf8'); } catch {}
        return text.match(new RegExp('^tfd: +' + first + ' .*', 'gm')) ?? [];
      })).size;
      const both = registered();
      let turns = 0;
      const look = setInterval(() => {
        // Some more turns behind that, in which nothing else may come.
        if (heard.length === 0 || registered() === both || turns++ < 20) return;
        clearInterval(look);
        const left = countDescriptors() - before;
        report([both - registered(), heard, left, raw.read(duplicate, new BigUint64Array(1))]);
        epoll.close();
      }, 2);`);
    expect(report).toEqual([1, [[true, 1]], 1, 8]);
  });
});
