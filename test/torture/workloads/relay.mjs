// Connections that go through relays to an echo, over TCP and Unix sockets, and pipes that a relay
// empties into one; each sends more than the kernel holds, and checks what comes back.
const PAIRS = 8;
const BYTES = 600_000;

const sent = Buffer.from(Array.from({ length: BYTES }, (_, at) => (at * 31 + (at >> 8)) & 255));

function startPair(round, loop, index) {
  const { raw, rawloop } = round;
  const { AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK } = raw.constants;
  const unit = round.unit(`relay ${index}`);
  const pair = () =>
    round.attempt(() =>
      raw.check(raw.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), 'socketpair'),
    );
  const ends = [pair(), pair()].flat();
  if (ends.includes(undefined)) {
    for (const fd of ends) if (fd !== undefined) raw.close(fd);
    return unit.failed('no pair');
  }
  const got = [];
  let left = 4;
  let why;
  const close = (_stream, error) => {
    why ??= error?.code;
    if (--left === 0) unit.end(Buffer.concat(got).equals(sent), why ?? 'not all');
  };
  const take = (fd, on) => {
    const { error: _, ...handlers } = round.handlers({ ...on, close });
    const stream = round.attempt(() => loop.stream(fd, { allowHalfOpen: true }, handlers));
    if (stream !== undefined) return stream;
    raw.close(fd);
    why ??= 'not taken';
    left--;
  };
  const data = (_stream, chunk) => {
    round.advance();
    got.push(Buffer.from(chunk));
  };
  const [near, ofA, ofB, far] = ends;
  const streams = [
    take(near, { data }),
    take(ofA, {}),
    take(ofB, {}),
    take(far, {
      data: (stream, chunk) => void stream.write(chunk),
      end: (stream) => stream.end(),
    }),
  ];
  const [client, a, b] = streams;
  const joined = a && b && round.attempt(() => rawloop.relay(a, b));
  if (joined === undefined || streams.includes(undefined)) {
    for (const stream of streams) stream?.destroy();
    if (left === 0) unit.failed(why);
    return;
  }
  client.end(sent);
}

export default {
  run(round, loop) {
    for (let i = 0; i < PAIRS; i++) startPair(round, loop, i);
    round.whenAllEnded(() => {});
  },
};
