// Unix sockets: servers by path, where a dead one left its file, and by abstract name; clients
// that pass the end of a pipe and get it back with the echo, look at who is at the other end,
// and give their descriptor back half way; and pairs that are taken over, with descriptors
// that wait for a slow reader.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CUT_SHORT } from '../round.mjs';

const LENGTHS = [1, 4096, 70_000, 9];
const CLIENTS = 3;
const PASSED_BY_PAIR = 24;

/** A pipe of the program's own, and whether the end that it passed still leads to it. */
class Proof {
  constructor(round) {
    this.round = round;
    const { raw } = round;
    [this.reader, this.writer] = round.quietly(() => raw.pipe2(raw.constants.O_NONBLOCK));
  }

  /** Takes what came back. */
  holds(fds) {
    const { raw } = this.round;
    return this.round.quietly(() => {
      const came = fds?.take() ?? [];
      const wrote = came.length === 1 && raw.write(came[0], Buffer.from('x')) === 1;
      for (const fd of came) raw.close(fd);
      return wrote && raw.read(this.reader, new Uint8Array(2)) === 1;
    });
  }

  close() {
    for (const fd of [this.reader, this.writer]) this.round.quietly(() => this.round.raw.close(fd));
  }
}

/** Sends each message when the last has come back, with the end of a pipe beside it. */
class Client {
  constructor(round, loop, name) {
    Object.assign(this, { round, loop, name });
    this.unit = round.unit(name);
    this.proof = new Proof(round);
    this.next = 0;
    this.got = 0;
    this.fault = undefined;
  }

  get handlers() {
    return {
      open: (socket) => {
        try {
          if (socket.peerCredentials().pid !== process.pid) this.fault = 'another peer';
        } catch (error) {
          this.round.tell(error);
        }
        this.send(socket);
      },
      data: (socket, chunk, fds) => this.hear(socket, chunk, fds),
      end: () => {
        this.ended = true;
      },
      close: (socket, error) => {
        if (socket !== this.left) this.finish(error?.code);
      },
    };
  }

  connect(place) {
    const socket = this.round.attempt(() =>
      this.loop.connect(place, this.round.handlers(this.handlers)),
    );
    if (socket === undefined) this.finish('connect threw');
    else this.round.opened(socket);
  }

  message(at) {
    return Buffer.alloc(LENGTHS[at], `${this.name} ${at};`);
  }

  send(socket) {
    this.got = 0;
    if (this.next === LENGTHS.length) socket.end();
    else socket.write(this.message(this.next++), { fds: [this.proof.writer] });
  }

  hear(socket, chunk, fds) {
    this.round.advance();
    const expected = this.message(this.next - 1).subarray(this.got, this.got + chunk.length);
    if (!expected.equals(chunk)) this.fault = 'wrong bytes';
    if (this.got === 0 && !this.proof.holds(fds)) this.fault = 'not the descriptor';
    this.got += chunk.length;
    if (this.got < LENGTHS[this.next - 1]) return;
    if (this.next === 2) this.move(socket);
    else this.send(socket);
  }

  /** Goes on by another handle. */
  move(socket) {
    const { round, loop } = this;
    const fd = round.attempt(() => socket.detach());
    if (fd === undefined) {
      socket.destroy();
      return;
    }
    this.left = socket;
    const { open: _, ...on } = this.handlers;
    const { error: __, ...handlers } = round.handlers(on);
    const stream = round.attempt(() => loop.stream(fd, {}, handlers));
    if (stream !== undefined) {
      this.send(stream);
      return;
    }
    round.raw.close(fd);
    this.finish('not taken');
  }

  finish(why) {
    if (this.unit.state !== 'open') return;
    this.proof.close();
    const whole = this.ended && this.fault === undefined && this.next === LENGTHS.length;
    this.unit.end(whole, this.fault ?? why ?? CUT_SHORT);
  }
}

/** Gives back what comes, descriptors with it. */
function echo(round) {
  return round.handlers({
    data(socket, chunk, fds) {
      round.advance();
      const taken = fds?.take() ?? [];
      try {
        socket.write(chunk, { fds: taken });
      } catch (error) {
        round.tell(error);
        socket.destroy();
      } finally {
        for (const fd of taken) round.raw.close(fd);
      }
    },
  });
}

function leaveStale(round, path) {
  const { raw } = round;
  round.quietly(() => {
    const fd = raw.socket(raw.constants.AF_UNIX, raw.constants.SOCK_STREAM);
    raw.bind(fd, { family: 'unix', path });
    raw.close(fd);
  });
}

/** Both ends taken over; what is passed waits for a reader that is slow, and takes half. */
function startPair(round, loop, type) {
  const { raw } = round;
  const unit = round.unit(`pair of type ${type}`);
  const proof = new Proof(round);
  const ends = round.attempt(() => raw.check(raw.socketpair(raw.constants.AF_UNIX, type, 0), ''));
  const state = { bytes: 0, fds: 0, left: 2, why: undefined };
  const sentBytes = PASSED_BY_PAIR * 9000;
  const close = (_stream, error) => {
    state.why ??= error?.code;
    if (--state.left > 0) return;
    proof.close();
    const whole = state.bytes === sentBytes && state.fds === PASSED_BY_PAIR;
    unit.end(whole, state.why ?? CUT_SHORT);
  };
  const take = (fd, on) => {
    const { error: _, ...handlers } = round.handlers({ ...on, close });
    const stream = round.attempt(() => loop.stream(fd, {}, handlers));
    if (stream !== undefined) return stream;
    raw.close(fd);
    close(undefined, { code: 'not taken' });
    return undefined;
  };
  if (ends === undefined) {
    proof.close();
    return unit.failed('no pair');
  }
  const reader = take(ends[0], {
    data(_stream, chunk, fds) {
      round.advance();
      state.bytes += chunk.length;
      state.fds += fds?.length ?? 0;
      if (state.fds % 2 === 0) for (const fd of fds?.take() ?? []) raw.close(fd);
    },
  });
  reader?.pause();
  loop.setImmediate(() => reader?.resume());
  const writer = take(ends[1], {});
  for (let i = 0; i < PASSED_BY_PAIR; i++) {
    writer?.write(Buffer.alloc(9000), { fds: [proof.writer] });
  }
  writer?.end();
}

export default {
  // A file that is there says that itself.
  never: { bind: ['EADDRINUSE'] },
  run(round, loop) {
    const { SOCK_STREAM, SOCK_SEQPACKET } = round.raw.constants;
    const folder = mkdtempSync(join(tmpdir(), 'rawloop-torture-'));
    const servers = [];
    for (const type of ['stream', 'seqpacket']) {
      const file = join(folder, type);
      leaveStale(round, file);
      for (const place of [{ path: file, mode: 0o600 }, { path: `\0${file}` }]) {
        const server = round.attempt(() => loop.listen({ ...place, type }, echo(round)));
        if (server === undefined) continue;
        servers.push(server);
        for (let i = 0; i < CLIENTS; i++) {
          const name = `client ${i} of ${place.path.replace('\0', '@')}`;
          new Client(round, loop, name).connect({ path: place.path, type });
        }
      }
    }
    for (const type of [SOCK_STREAM, SOCK_SEQPACKET]) startPair(round, loop, type);
    round.whenAllEnded(() => {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    });
  },
};
