// More clients than there are descriptors: those who wait in the backlog are served as
// others leave. The limit is a real one, RLIMIT_NOFILE; what fails besides comes on top.
import { readdirSync } from 'node:fs';
import { ourServer } from './tcp.mjs';

const CLIENTS = 30;
const ROOM = 6;
const ATTEMPTS = 200;

/** The limit below which just ROOM numbers are free. */
function limitFor(opened) {
  const taken = new Set(opened);
  let limit = 0;
  for (let free = 0; free < ROOM; limit++) if (!taken.has(limit)) free++;
  return limit;
}

export default {
  run(round, loop) {
    const server = ourServer(round, loop);
    const connected = () => Atomics.load(round.progress, 0) - before;
    const before = Atomics.load(round.progress, 0);
    round.clients('storm', server?.address?.port, CLIENTS);
    // They connect without us: the kernel does it, as far as the backlog goes.
    for (let i = 0; server && i < ATTEMPTS && connected() < CLIENTS; i++) round.sleep(5);
    const opened = readdirSync('/proc/self/fd').map(Number);
    const limit = round.control.limitDescriptors(limitFor(opened));
    round.whenAllEnded(() => {
      round.control.limitDescriptors(limit);
      server?.close();
    });
  },
};
