// accept(2) waits until a client comes, and its thread can do nothing else meanwhile. So
// the textbooks give each client a thread of its own, which waits in recv(2). Here is
// what that costs. (The figures come from /proc, so this example is for Linux.)
const { readFileSync } = require('node:fs');
const { isMainThread, Worker, workerData } = require('node:worker_threads');
const { ThreadPerConnectionServer } = require('rawloop');
const raw = require('rawloop/raw');

const { check, constants } = raw;
const CLIENTS = 50;

/** A figure of this process: Threads, VmRSS (memory used) or VmSize (addresses taken). */
function figure(name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status'))[1]);
}

/** A socket without SOCK_NONBLOCK: not only accept, connect and read wait as well. */
const blockingSocket = () => check(raw.socket(constants.AF_INET, constants.SOCK_STREAM), 'socket');

function sayHello(address) {
  const fd = blockingSocket();
  check(raw.connect(fd, address), 'connect');
  check(raw.write(fd, Buffer.from('hello')), 'write');
  check(raw.read(fd, Buffer.alloc(5)), 'read');
  return fd;
}

function compare() {
  const before = { threads: figure('Threads'), rss: figure('VmRSS'), size: figure('VmSize') };
  // Its stacks are small: 64 kB of addresses each, where 8 MB are usual. Memory is used as far
  // as a thread reaches into them.
  const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
  const clients = Array.from({ length: CLIENTS }, () => sayHello(server.address));
  const { active, threads } = server.stats;
  const [rssKb, sizeKb] = [figure('VmRSS') - before.rss, figure('VmSize') - before.size];
  console.log(`${active} connections that said hello: ${threads} threads wait, one more accepts`);
  console.log(`  threads of the process: ${before.threads} before, ${figure('Threads')} now`);
  console.log(`  memory used: ${rssKb} kB more, ${(rssKb / active).toFixed(1)} kB a connection`);
  console.log(`  addresses:   ${sizeKb} kB more, ${(sizeKb / active).toFixed(1)} kB a connection`);
  for (const fd of clients) raw.close(fd);
  server.stop();
}

if (isMainThread) {
  const fd = blockingSocket();
  check(raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
  check(raw.listen(fd, 1), 'listen');
  // The Worker's thread stands in accept4. This thread is another one, so it goes on.
  const worker = new Worker(__filename, { workerData: fd });
  const late = blockingSocket();
  worker.once('online', () => setTimeout(raw.connect, 500, late, raw.getsockname(fd)));
  worker.once('exit', () => {
    for (const one of [late, fd]) raw.close(one);
    compare();
  });
} else {
  const startMs = performance.now();
  raw.close(check(raw.accept4(workerData), 'accept4'));
  console.log(`accept() took ${Math.round(performance.now() - startMs)} ms: nobody came before`);
}
