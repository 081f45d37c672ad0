// Connections that come and go all at once, from others and from this loop itself.
import { ourClient, ourServer } from './tcp.mjs';

const CLIENTS = 60;
const OURS = 20;

export default {
  run(round, loop) {
    const server = ourServer(round, loop);
    const port = server?.address?.port;
    round.clients('storm', port, CLIENTS);
    for (let i = 0; i < OURS && port !== undefined; i++) {
      ourClient(round, loop, { port, name: `of the storm ${i}`, lengths: [8] });
    }
    round.whenAllEnded(() => server?.close());
  },
};
