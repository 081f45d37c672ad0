// Datagram sockets of a program, with what must hold of their callbacks. What is sent stays on
// the loopback.
import { noInteger, noNumber } from '../support/values.mjs';

const HOST = '127.0.0.1';

export class Datagrams {
  constructor(program, actions) {
    this.program = program;
    this.random = program.random;
    this.actions = actions;
    this.sockets = [];
    this.rows = [
      [2, () => this.dgram()],
      [5, () => this.onDatagram()],
    ];
  }

  dgram() {
    const { random, program, actions, sockets } = this;
    if (sockets.length > 6) sockets.shift().close();
    let closed = 0;
    const called = (name) => {
      if (closed > 0) program.report(`${name} of a datagram socket that told of its close`);
      program.inCallback('datagram');
    };
    const handlers = {
      message: (socket, chunk, from) => {
        called('message');
        // A quarter is answered, so that an echo does not go on for ever.
        if (random.oneIn(4)) actions.call('dgram.send', () => socket.send(chunk, from));
      },
      drain: () => called('drain'),
      error: () => called('error'),
      close: () => {
        called('close');
        closed++;
      },
    };
    const options = actions.options({
      host: actions.or(() => HOST),
      maxDatagramBytes: actions.or(() => random.pick([64, 1000, 65_536])),
      maxBufferedBytes: random.pick([0, 1000, 100_000]),
      broadcast: random.oneIn(2),
      ...actions.signal(),
    });
    const given = actions.or(
      () => handlers,
      () => noNumber(random),
    );
    const socket = actions.call('dgram', () => program.loop.dgram(options, given));
    if (socket !== undefined) sockets.push(socket);
  }

  /** Where a datagram may go: a socket of ours, nobody, or what is no address. */
  target() {
    const { random, actions, sockets } = this;
    const { port = 9 } = random.pick(sockets).address ?? {};
    return actions.or(
      () => ({ host: HOST, port }),
      () => random.pick([undefined, null, 5, {}, { host: HOST, port: noInteger(random) }]),
    );
  }

  onDatagram() {
    const { random, actions, sockets } = this;
    if (sockets.length === 0) return;
    const socket = random.pick(sockets);
    const length = random.pick([0, 1, 100, 5000, 70_000]);
    random.pick([
      () => actions.call('dgram.send', () => socket.send(new Uint8Array(length), this.target())),
      () => actions.call('dgram.send', () => socket.send('x'.repeat(length % 300), this.target(), actions.or(() => ({ ttl: random.below(300), tos: random.below(300) })))),
      () => actions.call('dgram.pause', () => socket.pause()),
      () => actions.call('dgram.resume', () => socket.resume()),
      () => actions.call('dgram.connect', () => socket.connect(this.target())),
      () => actions.call('dgram.disconnect', () => socket.disconnect()),
      () => actions.call('dgram.join', () => socket.join(actions.or(() => '239.255.77.2'), actions.or(() => ({ interface: HOST })))),
      () => random.oneIn(4) && actions.call('dgram.close', () => socket.close()),
    ])(); // biome-ignore format: a table
  }
}
