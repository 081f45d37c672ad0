// What the faulty workloads are made of: an echo server with three clients, whose
// handlers a fault may change. The first round, in which no call fails, is always sound.
import { ourServer } from '../workloads/tcp.mjs';

export function echo(round, loop, handlers = {}) {
  const server = ourServer(round, loop, round.point === undefined ? {} : handlers);
  round.clients('echo', server?.address?.port, 3);
  round.whenAllEnded(() => server?.close());
}

export default { run: (round, loop) => echo(round, loop) };
