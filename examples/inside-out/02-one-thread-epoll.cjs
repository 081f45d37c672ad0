// The 50 clients of 01 again, now with epoll: sockets that never wait (SOCK_NONBLOCK),
// and one call, epoll_wait, that waits for all of them at once. One thread is enough; those
// that are counted below are Node's own.
const { readFileSync } = require('node:fs');
const raw = require('rawloop/raw');

const { accept4, check, epoll_ctl, epoll_wait } = raw;
const { AF_INET, EPOLL_CTL_ADD, EPOLLIN, SOCK_NONBLOCK, SOCK_STREAM } = raw.constants;
const CLIENTS = 50;

function figure(name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status'))[1]);
}

const listener = check(raw.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK), 'socket');
check(raw.bind(listener, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
check(raw.listen(listener, CLIENTS), 'listen');

const epfd = check(raw.epoll_create1(), 'epoll_create1');
check(epoll_ctl(epfd, EPOLL_CTL_ADD, listener, EPOLLIN, listener), 'epoll_ctl');

// The clients' side. Connecting is the kernel's work: nobody has accepted yet.
const before = { threads: figure('Threads'), rss: figure('VmRSS') };
const clients = Array.from({ length: CLIENTS }, () => {
  const fd = check(raw.socket(AF_INET, SOCK_STREAM), 'socket');
  check(raw.connect(fd, raw.getsockname(listener)), 'connect');
  check(raw.write(fd, Buffer.from('hello')), 'write');
  return fd;
});

// The server: an event loop in a dozen lines. A record is three words: what the
// descriptor is ready for, and the number that was given to epoll_ctl, here the
// descriptor itself.
const records = new Uint32Array(3 * 16);
const accepted = [];
const buffer = Buffer.alloc(65536); // one for all; 01 has one a thread
let [waits, echoed] = [0, 0];
while (echoed < CLIENTS) {
  const count = check(epoll_wait(epfd, records, 16, -1), 'epoll_wait');
  waits++;
  for (let i = 0; i < count; i++) {
    const fd = records[i * 3 + 1];
    if (fd === listener) {
      // A ready listener may have many: take them until it would have to wait.
      for (let next = accept4(fd, SOCK_NONBLOCK); next >= 0; next = accept4(fd, SOCK_NONBLOCK)) {
        check(epoll_ctl(epfd, EPOLL_CTL_ADD, next, EPOLLIN, next), 'epoll_ctl');
        accepted.push(next);
      }
    } else {
      check(raw.write(fd, buffer, 0, check(raw.read(fd, buffer), 'read')), 'write');
      echoed++;
    }
  }
}

const rssKb = figure('VmRSS') - before.rss;
console.log(`${accepted.length} connections, ${echoed} hellos echoed, ${waits} epoll_waits`);
console.log(`  threads of the process: ${before.threads} before, ${figure('Threads')} now`);
console.log(`  memory used: ${rssKb} kB more, ${(rssKb / CLIENTS).toFixed(1)} kB a connection`);
for (const fd of [...clients, ...accepted, listener, epfd]) raw.close(fd);
