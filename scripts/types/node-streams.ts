// A program that has the host's streams on ours, and ours on the host's. It needs the types of
// Node, as what is an adapter to Node's streams does.
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { EventLoop } from 'rawloop';
import { type DuplexStream, fromDuplex, type SocketDuplex, toDuplex, toLookup } from 'rawloop/node';

interface Session {
  name: string;
}

const loop = new EventLoop();
const server = loop.listen({ port: 0 }, { open: (socket) => toDuplex(socket).end('hello') });
const client = loop.connect<Session>({ port: 1 });

const duplex: SocketDuplex = toDuplex(client, { highWaterMark: 1024 });
const asAny: Duplex = duplex;
const peerPort: number | undefined = duplex.setNoDelay().remotePort;
const back: DuplexStream<Session> = fromDuplex<Session>(duplex, {
  data: (stream, chunk) => stream.write(chunk.subarray(stream.data.name.length)),
});

const lookups: LookupFunction[] = [toLookup(loop.dns), toLookup(new loop.dns.Resolver())];

// @ts-expect-error: a server is no stream
toDuplex(server);
// @ts-expect-error: there is no such option
toDuplex(client, { objectMode: true });
// @ts-expect-error: there is no such handler
fromDuplex(asAny, { message: () => {} });

export { asAny, back, lookups, peerPort };
