// The options that all streams take, the limits of a server, and `for await` over a stream.
import { anyNumber, noInteger, noNumber } from '../support/values.mjs';

export function streamOptions(actions) {
  const { random } = actions;
  return {
    ...(random.oneIn(3) && {
      highWaterMark: actions.or(
        () => random.pick([0, 1, 1000, 65536]),
        () => anyNumber(random),
      ),
    }),
    ...(random.oneIn(6) && {
      maxBufferedBytes: random.pick([0, 100, 5000, 100_000, 2 ** 53 - 1]),
    }),
    ...(random.oneIn(3) && { allowHalfOpen: actions.or(() => random.oneIn(2)) }),
    ...(random.oneIn(6) && { noDelay: actions.or(() => random.oneIn(2)) }),
    // So long that it ends nothing, as a connection that is idle owes its bytes all the same.
    ...(random.oneIn(6) && {
      idleTimeoutMs: actions.or(
        () => 1e9,
        () => noInteger(random),
      ),
    }),
    ...actions.signal(),
  };
}

/** A limit that is not reached: who waits in a backlog would wait for the whole program. */
export function acceptOptions(actions) {
  const { random } = actions;
  if (!random.oneIn(4)) return {};
  return {
    maxConnections: actions.or(
      () => 1e6,
      () => random.pick([0, -1, noInteger(random)]),
    ),
    whenFull: actions.or(
      () => random.pick(['wait', 'refuse']),
      () => noNumber(random),
    ),
  };
}

/** Takes a few chunks, and then leaves or waits for the end. */
export function iterate(stream, random) {
  const chunks = stream[Symbol.asyncIterator]();
  let left = random.below(4);
  const take = async () => {
    for await (const chunk of chunks) if (chunk.length === 0 || left-- === 0) break;
  };
  // What ends it is told here, as `close` tells it.
  take().catch(() => {});
}
