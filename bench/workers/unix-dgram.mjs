// Unix datagrams: `unix-dgram.mjs npm-unix-dgram FOLDER` by that package, `unix-dgram.mjs
// compat` by what stands in for it. The other end is a plain descriptor of this process, which
// is read and written while the clock stands still: so a send wakes nobody, and what it costs
// is the sender's alone. The kernel queues few for one socket: what is sent in one run of code
// is read in between, as by a receiver that keeps up. See net.unix.max_dgram_qlen, unix(7).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './serve.mjs';

const require = createRequire(import.meta.url);
const raw = require('../../dist/raw.cjs');
const [, folder] = process.argv.slice(2);
const { createSocket } = require(folder ?? '../../dist/compat/unix-dgram.cjs');

const { AF_UNIX, SOCK_DGRAM, SOCK_NONBLOCK } = raw.constants;
const QUEUE_FILE = '/proc/sys/net/unix/max_dgram_qlen';
/** How many the program sends in one run of code, and how many of them the kernel queues. */
const AT_ONCE = 64;
const burst = Math.min(AT_ONCE, Number(readFileSync(QUEUE_FILE, 'utf8')));
const bytes = Buffer.alloc(64, 'x');
const scratch = Buffer.alloc(128);
const place = mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
process.on('exit', () => rmSync(place, { recursive: true }));
let places = 0;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const plain = () => raw.check(raw.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), 'socket');

/** Adds up windows of time. */
class Clocks {
  #cpuUs = 0;
  #wallMs = 0;
  #beganMs = 0;
  #before = process.cpuUsage();

  start() {
    this.#beganMs = performance.now();
    this.#before = process.cpuUsage();
  }

  stop() {
    const { user, system } = process.cpuUsage(this.#before);
    this.#cpuUs += user + system;
    this.#wallMs += performance.now() - this.#beganMs;
  }

  /** @param {number} operations */
  read(operations) {
    return { operations, cpuNs: this.#cpuUs * 1000, wallNs: this.#wallMs * 1e6 };
  }
}

/**
 * Sends AT_ONCE in a run of code, for `ms`.
 * @param {(socket: any, path: string) => void} begin
 * @param {(socket: any, path: string) => void} send  one
 * @returns {import('./serve.mjs').Work}
 */
function sending(begin, send) {
  return async ({ ms }) => {
    const path = join(place, `${places++}`);
    const receiver = plain();
    raw.check(raw.bind(receiver, { family: 'unix', path }), 'bind');
    const socket = createSocket('unix_dgram');
    socket.on('error', fail);
    begin(socket, path);
    const clocks = new Clocks();
    let sent = 0;
    for (const endMs = performance.now() + ms; performance.now() < endMs; await turn()) {
      for (let left = AT_ONCE; left > 0; left -= burst) {
        const count = Math.min(burst, left);
        clocks.start();
        for (let i = 0; i < count; i++) send(socket, path);
        clocks.stop();
        for (let i = 0; i < count; i++) if (raw.recv(receiver, scratch) !== 64) fail('lost');
        sent += count;
      }
    }
    socket.close();
    raw.close(receiver);
    return clocks.read(sent);
  };
}

/**
 * Receives bursts of `count` for `ms`.
 * @param {number} count
 * @returns {import('./serve.mjs').Work}
 */
function receiving(count) {
  return async ({ ms }) => {
    const path = join(place, `${places++}`);
    const sender = plain();
    const clocks = new Clocks();
    let left = 0;
    let done = () => {};
    const socket = createSocket('unix_dgram', (/** @type {Buffer} */ message) => {
      if (message.length !== 64) fail('cut');
      if (--left === 0) done();
    });
    socket.on('error', fail);
    socket.bind(path);
    raw.check(raw.connect(sender, { family: 'unix', path }), 'connect');
    let received = 0;
    for (const endMs = performance.now() + ms; performance.now() < endMs; await turn()) {
      for (left = 0; left < count; left++) raw.check(raw.send(sender, bytes), 'send');
      const came = new Promise((resolve) => {
        done = () => {
          clocks.stop();
          resolve(undefined);
        };
      });
      clocks.start();
      await came;
      received += count;
    }
    socket.close();
    raw.close(sender);
    return clocks.read(received);
  };
}

/** @param {any} why */
function fail(why) {
  throw why instanceof Error ? why : new Error(why);
}

const told = (/** @type {Error | undefined} */ error) => error && fail(error);

serve({
  'send-path': sending(
    () => {},
    (socket, path) => socket.send(bytes, 0, 64, path, told),
  ),
  'send-connected': sending(
    (socket, path) => socket.connect(path),
    (socket) => socket.send(bytes, told),
  ),
  receive: receiving(burst),
  'receive-one': receiving(1),
});
