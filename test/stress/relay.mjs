// Relays under load: `node --expose-gc test/stress/relay.mjs [--bytes N] [--connections N] [--mode owned|guest]
// [--seed N]`. Bytes go both ways at once through a relay, in random sizes with random pauses; then
// connections through relays are destroyed, reset, ended and given back at random points. Every byte
// must come, what waits between must stay bounded, each relay must end, and no descriptor may be left.
// Status 1 when something is not as it should be.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { EventLoop, relay } = require('../../dist/index.cjs');

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: String(2 ** 30) },
    connections: { type: 'string', default: '20000' },
    mode: { type: 'string', default: 'owned' },
    seed: { type: 'string', default: '1' },
  },
});

/** A pipe, or a queue and a chunk; twice that is both directions. */
const MAX_WAITING = 2 * 262_144;
const AT_ONCE = 50;
const PERIOD = 65_521;
const MAX_CHUNK = 200_000;

const pattern = Buffer.alloc(PERIOD + MAX_CHUNK);
for (let i = 0; i < pattern.length; i++)
  pattern[i] = ((i % PERIOD) * 31 + ((i % PERIOD) >> 8)) % 251;

const loop = new EventLoop();
const faults = [];
const openDescriptors = () => readdirSync('/proc/self/fd').length;

/** Marsaglia's xorshift: the same seed, the same run. */
let state = Number(values.seed) | 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

/** Sends `total` bytes of the pattern, then ends; and checks what comes. */
class Peer {
  sent = 0;
  got = 0;
  /** Its connection has closed: what was with the kernel when the relay ended has come. */
  ended = new Promise((resolve) => {
    this.end = resolve;
  });

  constructor(total) {
    this.total = total;
  }

  send(socket) {
    if (!socket.writable) return;
    if (this.sent === this.total) {
      socket.end();
      return;
    }
    const at = this.sent % PERIOD;
    const length = Math.min(1 + below(1 << below(18)), this.total - this.sent);
    this.sent += length;
    const again = () => this.send(socket);
    const isTaken = socket.write(pattern.subarray(at, at + length));
    if (below(50) === 0) loop.setTimeout(again, below(3));
    else if (isTaken) loop.setImmediate(again);
    else socket.drained.then(again, () => {});
  }

  take(chunk) {
    const at = this.got % PERIOD;
    const expected = pattern.subarray(at, at + chunk.length);
    if (expected.compare(chunk) !== 0) faults.push(`wrong bytes at ${this.got}`);
    this.got += chunk.length;
  }
}

const handlers = {
  open: (socket) => socket.data?.send(socket),
  data(socket, chunk) {
    socket.data?.take(chunk);
    if (below(400) > 0) return;
    socket.pause();
    loop.setTimeout(() => socket.resume(), below(3));
  },
  close: (socket) => socket.data?.end(),
};

/** near ─ a ═ b ─ far; `joined(relay, a, b, near)` once it is there. */
function connect(total, joined, whenOver) {
  const near = new Peer(total);
  const far = new Peer(total);
  let client;
  const options = { host: '127.0.0.1', port: 0, allowHalfOpen: true };
  const back = loop.listen(options, {
    ...handlers,
    open(socket) {
      back.close();
      socket.data = far;
      far.send(socket);
    },
  });
  const front = loop.listen(options, {
    open(socket) {
      front.close();
      const to = loop.connect(back.address);
      const one = relay(socket, to);
      one.closed.then(
        () => whenOver(near, far),
        (error) => whenOver(near, far, error),
      );
      joined(one, socket, to, client);
    },
  });
  client = loop.connect({ ...front.address, allowHalfOpen: true }, handlers);
  client.data = near;
}

function stream(total, then) {
  let most = 0;
  connect(
    total,
    (one) => {
      const look = loop.setInterval(() => {
        most = Math.max(most, one.bufferedBytes);
      }, 1);
      look.unref();
    },
    async (near, far, error) => {
      if (error !== undefined) faults.push(`ended by ${error.code}`);
      await Promise.all([near.ended, far.ended]);
      for (const { got } of [near, far]) if (got !== total) faults.push(`${got} of ${total} bytes`);
      if (most > MAX_WAITING) faults.push(`${most} bytes waited`);
      console.log(`${total} bytes each way, ${most} waited at most`);
      then();
    },
  );
}

function destroyAtRandom(count, then) {
  const before = openDescriptors();
  let begun = 0;
  let over = 0;
  const begin = () => {
    begun++;
    const act = (one, a, b, client) =>
      [
        () => one.destroy(),
        () => one.destroy(new Error('on purpose')),
        () => a.destroy(),
        () => b.resetAndDestroy(),
        () => client.resetAndDestroy(),
        () => {
          one.stop();
          a.destroy();
          b.destroy();
        },
      ][below(6)]();
    connect(
      1e9,
      (one, a, b, client) => {
        loop.setTimeout(() => {
          act(one, a, b, client);
          client.destroy();
        }, below(8));
      },
      () => {
        over++;
        if (begun < count) begin();
        else if (over === count) loop.setTimeout(then, 50, before);
      },
    );
  };
  for (let i = 0; i < Math.min(AT_ONCE, count); i++) begin();
}

stream(Number(values.bytes), () => {
  destroyAtRandom(Number(values.connections), (before) => {
    const left = openDescriptors() - before;
    if (left > 0) faults.push(`${left} descriptors are left`);
    console.log(`${values.connections} relays ended at random points`);
  });
});
const finish = () => {
  loop.close();
  for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
};
if (values.mode === 'guest') {
  loop.attach();
  process.once('beforeExit', finish);
} else {
  setImmediate(() => {
    loop.run();
    finish();
  });
}
