// Ends for the streams of a program, descriptors along with their bytes, and bytes that are not copied.
import { noInteger, noNumber } from '../support/values.mjs';

/** An end whose other end is a stream as well; undefined: another is to be taken. */
export function ownEnd({ program, random, actions, all }) {
  const { AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET } = program.raw.constants;
  const make = random.weighted([
    // Of a pipe that blocks.
    [3, () => () => program.raw.pipe2(0)],
    [3, () => () => program.raw.socketpair(AF_UNIX, random.pick([SOCK_STREAM, SOCK_SEQPACKET]))],
    [6, () => () => undefined],
  ])();
  const pair = make();
  if (!Array.isArray(pair)) return undefined;
  const other = actions.call('stream', () => program.loop.stream(pair[1], {}, {}));
  if (other === undefined) program.raw.close(pair[1]);
  else all.push(other);
  return pair[0];
}

/** Writes with descriptors: sound ones, and whatever else. */
export function pass({ random, program, actions }, stream, length) {
  const one = () =>
    actions.or(
      () => random.pick(program.fds) ?? 0,
      () => random.pick([2 ** 30, noInteger(random)]),
    );
  const fds = actions.or(() => Array.from({ length: random.pick([0, 1, 2, 253, 254]) }, one));
  stream.write(new Uint8Array(length), actions.options({ fds }));
}

/** Writes what need not be copied; now and then its memory is taken away. */
export function keep({ random, actions }, stream, length) {
  const buffer = Reflect.construct(ArrayBuffer, [
    length,
    ...random.pick([[], [{ maxByteLength: 2 * length }]]),
  ]);
  const copy = actions.or(
    () => random.oneIn(4),
    () => noNumber(random),
  );
  const write = random.oneIn(8) ? 'end' : 'write';
  try {
    stream[write](
      new Uint8Array(buffer, random.oneIn(2) ? length >> 1 : 0),
      actions.options({ copy }),
    );
  } finally {
    if (random.oneIn(4)) structuredClone(buffer, { transfer: [buffer] });
    else if (buffer.resizable === true && random.oneIn(2))
      buffer.resize(random.below(2 * length + 1));
  }
}
