// Streams over descriptors of a program, with what must hold of their callbacks.
import { noNumber } from '../support/values.mjs';
import { keep, ownEnd, pass } from './stream-ends.mjs';
import { iterate } from './stream-options.mjs';

export class Streams {
  constructor(things) {
    this.things = things;
    this.program = things.program;
    this.random = things.random;
    this.actions = things.actions;
    this.all = [];
    this.relays = [];
    this.rows = [
      [2, () => this.stream()],
      [3, () => this.onStream()],
      [1, () => this.relay()],
    ]; // biome-ignore format: a table
  }

  /** Takes a descriptor of the program's over: it is the stream's from then on. */
  stream() {
    const { random, program, actions } = this;
    let closed = 0;
    const called = (name) => {
      if (closed > 0) program.report(`${name} of a stream that told of its close`);
      program.inCallback('stream');
    };
    const handlers = {
      open: () => called('open'),
      data: (_stream, _chunk, fds) => {
        called('data');
        for (const fd of (random.oneIn(2) && fds?.take()) || []) program.raw.close(fd);
      },
      drain: () => called('drain'),
      end: () => called('end'),
      close: () => {
        called('close');
        closed++;
      },
    };
    const own = ownEnd(this);
    const fd = own ?? this.things.fd();
    const options = actions.options({
      allowHalfOpen: actions.or(() => random.oneIn(2)),
      ...actions.signal(),
    });
    const given = actions.or(
      () => random.pick([handlers, undefined]),
      () => noNumber(random),
    );
    const stream = actions.call('stream', () => program.loop.stream(fd, options, given));
    if (stream === undefined) {
      if (own !== undefined) program.raw.close(own);
      return;
    }
    program.fds = program.fds.filter((other) => other !== fd);
    this.all.push(stream);
  }

  /** Joins two of them, or something else; now and then one that was joined is stopped. */
  relay() {
    const { random, program, actions, all } = this;
    if (all.length < 2) return;
    const options = actions.options({
      maxBytes: actions.or(() => 1 + random.below(100_000)),
      proxyHeader: random.pick([undefined, 1, 2]),
      ...actions.signal(),
    });
    const side = () =>
      actions.or(
        () => random.pick(all),
        () => noNumber(random),
      );
    const joined = actions.call('relay', () => program.rawloop.relay(side(), side(), options));
    if (joined !== undefined) this.relays.push(joined);
    if (this.relays.length === 0) return;
    const one = random.pick(this.relays);
    if (this.relays.length > 8) this.relays.shift();
    random.pick([
      () => actions.call('relay.stop', () => one.stop()),
      () => actions.call('relay.destroy', () => one.destroy()),
      () => actions.call('relay.bufferedBytes', () => one.bufferedBytes),
      () => {},
    ])();
  }

  /** Nothing here may block on it. */
  #giveBack(fd) {
    const { program } = this;
    const { F_SETFL, O_NONBLOCK } = program.raw.constants;
    program.raw.fcntl(fd, F_SETFL, O_NONBLOCK);
    program.fds.push(fd);
  }

  onStream() {
    const { random, actions, all } = this;
    if (all.length === 0) return;
    const stream = random.pick(all);
    const length = random.pick([0, 1, 5000, 100_000]);
    random.pick([
      () => actions.call('stream.write', () => stream.write(new Uint8Array(length))),
      () => actions.call('stream.write without a copy', () => keep(this, stream, length)),
      () => actions.call('stream.write with descriptors', () => pass(this, stream, length)),
      () => actions.call('stream.peerCredentials', () => stream.peerCredentials()),
      () => actions.call('stream.pause', () => stream.pause()),
      () => actions.call('stream.closed', () => void stream.closed),
      () => actions.call('stream.opened', () => void stream.opened),
      () => actions.call('stream.iterate', () => iterate(stream, random)),
      () => actions.call('stream.resume', () => stream.resume()),
      () => actions.call('stream.end', () => stream.end()),
      () => actions.call('stream.detach', () => this.#giveBack(stream.detach())),
      () => actions.call('stream.destroy', () => stream.destroy()),
      () => actions.call('stream.unref', () => stream.unref()),
    ])(); // biome-ignore format: a table
  }
}
