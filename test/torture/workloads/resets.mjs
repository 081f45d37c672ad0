// Clients that reset in the middle of what we send them, among others that do not.
import { ourServer } from './tcp.mjs';

export default {
  run(round, loop) {
    const server = ourServer(round, loop);
    const port = server?.address?.port;
    round.clients('reset', port, 24);
    round.clients('echo', port, 3);
    round.whenAllEnded(() => server?.close());
  },
};
