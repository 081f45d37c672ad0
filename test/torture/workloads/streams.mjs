// Descriptors of the program's own, taken over as streams: pipes, and socket pairs with an
// echo at their other side, some of which blocked before.
const PAIRS = 8;
/** More than a pipe holds. */
const BYTES = 150_000;

const sent = Buffer.from(Array.from({ length: BYTES }, (_, at) => (at * 31 + (at >> 8)) & 255));

function startPair(round, loop, index) {
  const { raw } = round;
  const { O_NONBLOCK, AF_UNIX, SOCK_STREAM } = raw.constants;
  const isPipe = index % 2 === 0;
  const unit = round.unit(`${isPipe ? 'pipe' : 'socket pair'} ${index}`);
  const make = () =>
    isPipe
      ? raw.check(raw.pipe2(index % 4 === 0 ? 0 : O_NONBLOCK), 'pipe2')
      : raw.check(raw.socketpair(AF_UNIX, SOCK_STREAM, 0), 'socketpair');
  const ends = round.attempt(make);
  if (ends === undefined) return unit.failed('no pipe');
  const [readEnd, writeEnd] = ends;
  const got = [];
  let left = 2;
  let why;
  const close = (_stream, error) => {
    why ??= error?.code;
    if (--left === 0) unit.end(Buffer.concat(got).equals(sent), why ?? 'not all');
  };
  const take = (fd, on) => {
    // Only a server has errors that are not told by `close`.
    const { error: _, ...handlers } = round.handlers({ ...on, close });
    const stream = round.attempt(() => loop.stream(fd, {}, handlers));
    if (stream !== undefined) return;
    raw.close(fd);
    why ??= 'not taken';
    left--;
  };
  const data = (_stream, chunk) => {
    round.advance();
    got.push(Buffer.from(chunk));
  };
  const open = (stream) => {
    stream.write(sent.subarray(0, 1000));
    stream.end(sent.subarray(1000), { copy: false });
  };
  take(readEnd, { data: isPipe ? data : (stream, chunk) => void stream.write(chunk) });
  take(writeEnd, isPipe ? { open } : { open, data });
  if (left === 0) unit.failed(why);
}

export default {
  run(round, loop) {
    for (let i = 0; i < PAIRS; i++) startPair(round, loop, i);
    round.whenAllEnded(() => {});
  },
};
