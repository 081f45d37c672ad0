// Signals with values, each sent once the one before it was told: none is lost.
const COUNT = 10;

function hear(round, loop) {
  const unit = round.unit('signals with values');
  const { sigqueue, constants } = round.raw;
  const name = 'SIGRTMIN+5';
  let next = 0;
  const send = () => round.quietly(() => sigqueue(process.pid, constants.SIGRTMIN + 5, next)) === 0;
  const handle = round.attempt(() =>
    loop.onSignal(name, (_signal, self, error, info) => {
      round.advance();
      if (error !== undefined) {
        round.tell(error);
        return unit.failed(error.code);
      }
      if (info.value !== next++) return unit.end(false, `${info.value} is not ${next - 1}`);
      if (next < COUNT && send()) return;
      self.close();
      unit.end(next === COUNT, 'not all');
    }),
  );
  if (handle === undefined) return unit.failed('no signals');
  handle.ref();
  if (!send()) handle.close();
}

export default {
  run(round, loop) {
    hear(round, loop);
    round.whenAllEnded(() => {});
  },
  rules: {
    // Of the pipe that says that some came: it stays readable, and they are taken all the same.
    read: ['EINTR', 'EAGAIN', 'ENOMEM', 'EIO', 'EPERM', 'EINVAL'].map((name) => [name, 'quiet']),
  },
};
