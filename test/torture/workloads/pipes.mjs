// Descriptors of the program's own, watched: numbered bytes through pipes and socket
// pairs, read when they are announced, by level and by oneshot.
const PIPES = 8;
const BYTES = 12;

/** Asks again where a program would: the raw calls give -errno. */
function again(round, call, work) {
  const { EAGAIN } = round.raw.constants;
  for (;;) {
    const result = work();
    if (typeof result !== 'number' || result >= 0) return result;
    if (result !== -EAGAIN) return round.tell(new round.rawloop.SystemError(result, call));
  }
}

function startPipe(round, loop, index) {
  const { raw } = round;
  const { O_NONBLOCK, AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK } = raw.constants;
  const unit = round.unit(`pipe ${index}`);
  const open = () =>
    index % 2 === 0
      ? raw.check(raw.pipe2(O_NONBLOCK), 'pipe2')
      : raw.check(raw.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), 'socketpair');
  const ends = round.attempt(open);
  if (ends === undefined) return unit.failed('no pipe');
  const [readEnd, writeEnd] = ends;
  const oneshot = index % 3 === 0;
  const bytes = new Uint8Array(4);
  let written = 0;
  let read = 0;
  let ended = false;
  const end = (why) => {
    if (ended) return;
    ended = true;
    watcher?.close();
    round.quietly(() => raw.close(readEnd));
    raw.close(writeEnd);
    unit.end(read === BYTES && why === undefined, why ?? 'not all');
  };
  const write = () => {
    const byte = Buffer.from([written++]);
    const result = again(round, 'write', () => raw.write(writeEnd, byte));
    if (result === undefined) end('write failed');
  };
  let watcher;
  const onReady = (_ready, self) => {
    round.advance();
    if (self.error) {
      round.tell(self.error);
      return end(self.error.code);
    }
    const result = raw.read(readEnd, bytes);
    if (result < 0 && result !== -raw.constants.EAGAIN) {
      round.tell(new round.rawloop.SystemError(result, 'read'));
      return end('read failed');
    }
    for (let i = 0; i < result; i++) {
      if (bytes[i] !== read++) return end('wrong bytes');
    }
    if (read === BYTES) return end();
    if (result > 0) write();
    if (ended || !oneshot) return;
    const error = tryTo(() => self.modify({ read: true, oneshot }));
    if (error !== undefined) {
      round.tell(error);
      end(error.code);
    }
  };
  watcher = round.attempt(() => loop.watch(readEnd, { read: true, oneshot }, onReady));
  if (watcher === undefined) end('no watcher');
  else write();
}

function tryTo(work) {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

export default {
  run(round, loop) {
    for (let i = 0; i < PIPES; i++) startPipe(round, loop, i);
    round.whenAllEnded(() => {});
  },
};
