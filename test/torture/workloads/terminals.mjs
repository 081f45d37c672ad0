// Terminals that are raw, typed at and written to: what is typed is read, and the mode comes back, or
// what kept it is told.
import { closeSync, openSync } from 'node:fs';

const TERMINALS = 4;
const KEYS = 'keys\x03';
const WORDS = 40;

/** A pseudoterminal of the host's: its master, and a descriptor for the loop. */
function openTerminal({ raw }) {
  const { O_RDWR, O_NOCTTY, O_NONBLOCK, TIOCSPTLCK, TIOCGPTN } = raw.constants;
  const master = openSync('/dev/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK);
  const number = new Uint32Array(1);
  raw.ioctl(master, TIOCSPTLCK, 0);
  raw.ioctl(master, TIOCGPTN, number);
  return { master, slave: openSync(`/dev/pts/${number[0]}`, O_RDWR | O_NOCTTY) };
}

const modeOf = (round, fd) => {
  const termios = new Uint32Array(WORDS);
  return round.quietly(() => round.raw.tcgetattr(fd, termios)) === 0 ? termios.join() : 'none';
};

function useTerminal(round, loop, index) {
  const unit = round.unit(`terminal ${index}`);
  const { master, slave } = round.quietly(() => openTerminal(round));
  const before = modeOf(round, master);
  let keys = '';
  let ended = false;
  const end = (why) => {
    if (ended) return;
    ended = true;
    // Its own descriptor is closed by now.
    unit.end(why === undefined && modeOf(round, master) === before, why ?? 'another mode');
    closeSync(master);
  };
  const handlers = {
    data: (tty, chunk) => {
      round.advance();
      keys += Buffer.from(chunk).toString();
      if (keys.length < KEYS.length) return;
      tty.write('heard');
      tty.end();
    },
    close: (_tty, error) => {
      round.tell(error);
      end(keys === KEYS ? undefined : (error?.code ?? `it read ${keys.length}`));
    },
  };
  const tty = round.attempt(() => loop.tty(slave, {}, handlers));
  if (tty === undefined) {
    closeSync(slave);
    return end('no terminal');
  }
  if (round.attempt(() => tty.setRawMode(true)) === undefined) return tty.destroy();
  const sent = round.quietly(() => round.raw.write(master, Buffer.from(KEYS)));
  if (sent !== KEYS.length) tty.destroy();
}

export default {
  run(round, loop) {
    for (let i = 0; i < TERMINALS; i++) useTerminal(round, loop, i);
    round.whenAllEnded(() => {});
  },
  // That is how the kernel says that the other side has ended.
  never: { read: ['EIO'] },
};
