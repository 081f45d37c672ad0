// Programs on terminals of their own: each shows all that it wrote, or what kept it from that is told.
const PTYS = 6;

function start(round, loop, index) {
  const unit = round.unit(`pty ${index}`);
  let text = '';
  const pty = round.attempt(() =>
    loop.pty(
      {},
      {
        data: (_master, chunk) => {
          round.advance();
          text += Buffer.from(chunk).toString();
        },
        close: (_master, error) => {
          round.tell(error);
          unit.end(text === `${index}\r\n`, `it shows '${text}'`);
        },
      },
    ),
  );
  if (pty === undefined) return unit.failed('no pty');
  const handlers = { close: (_child, error) => round.tell(error) };
  const options = { controllingTerminal: pty, env: {} };
  const child = round.attempt(() => loop.spawn('/bin/echo', [String(index)], options, handlers));
  if (child === undefined) pty.close();
}

export default {
  run(round, loop) {
    for (let i = 0; i < PTYS; i++) start(round, loop, i);
    const later = round.unit('a timer between');
    loop.setTimeout(() => later.done(), 5);
    round.whenAllEnded(() => {});
  },
  // That is how the kernel says that the last program has ended.
  never: { read: ['EIO'] },
  rules: {
    // Where the kernel cannot open the slave by its master, there is its path.
    ioctl: ['EINTR', 'ENOTTY', 'EIO', 'EINVAL', 'EPERM', 'ENOSYS'].map((name) => [name, 'retry']),
  },
};
