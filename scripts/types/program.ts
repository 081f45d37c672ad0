// A program as users write it, which the types of the package have to let through, and
// the mistakes that they have to find. Compiled by types.test.ts and test:types.
import {
  type ConnectOptions,
  check,
  EventLoop,
  type LoopMetrics,
  type Server,
  type Socket,
  type StreamHandlers,
  ThreadPerConnectionServer,
  type Timer,
  watch,
} from 'rawloop';
import { type FlightRecord, FlightRecorder, toText, toTrace } from 'rawloop/inspect';
import * as raw from 'rawloop/raw';

const loop: EventLoop = new EventLoop({ maxEvents: 64 });
const server: Server = loop.listen(
  { host: '127.0.0.1', port: 0 },
  {
    open(socket: Socket) {
      const queued: boolean = socket.write('hello');
      if (!queued) socket.pause();
    },
    data: (socket, chunk) => socket.write(chunk.slice()),
  },
);

// Where it listens is an IP address, unless the socket was inherited.
const listening: number = server.address.port;
// @ts-expect-error: it may be a Unix socket
loop.listen({ fd: 3 }, {}).address.port;
// A port may be left open by what is passed on.
const port: number | undefined = loop.alive ? 7000 : undefined;
const options: ConnectOptions = { host: '127.0.0.1', ...(port === undefined ? {} : { port }) };

// The data of a connection has a type, in every handler.
interface Session {
  name: string;
}
const typed: Server = loop.listen<Session>(
  { port: 0 },
  {
    open: (socket) => {
      socket.data = { name: 'nobody' };
    },
    data: async (socket, chunk) => {
      const length: number = socket.data.name.length + chunk.length;
      socket.end(String(length));
    },
    close: (socket) => socket.data.name.toUpperCase(),
  },
);
const sessions: StreamHandlers<Session> = { drain: ({ data }) => data.name };
const client: Socket<Session> = loop.connect(options, sessions);
const name: string = client.data.name;
const asUnknown: Socket = client;
const without: Socket = loop.connect(options, { data: (socket) => socket.data === undefined });
// Handlers may be left out, and promises and iterators are there in their place.
// So is that of a datagram socket.
const datagrams = loop.dgram(
  { port: 0 },
  {
    message: (socket, chunk, from) => socket.send(chunk, from),
    // In braces for TypeScript 5.2: see self-reference.ts.
    close: () => {
      datagrams.close();
    },
  },
);
const itsPort: number | undefined = datagrams.address?.port;
const itsPath: string | undefined = loop.dgram({ path: '/run/log' }).address?.path;
// @ts-expect-error: of one that is handed over it is not known
loop.dgram({ fd: 3 }).address?.port;
export const places = [itsPort, itsPath];
export async function aWhile(): Promise<void> {
  await new Promise((resolve) => loop.setTimeout(resolve, 5));
}
export async function atTheEdges(): Promise<string> {
  const own = loop.listen({ port: 0, maxConnections: 5, whenFull: 'refuse' });
  const to = loop.connect({ ...own.address, timeoutMs: 500, idleTimeoutMs: 500 });
  const same: Socket = await to.opened;
  for await (const socket of own) {
    const accepted: Socket = socket;
    if (accepted.bytesRead > 0) break;
  }
  const disposed: Promise<void> = own[Symbol.asyncDispose]();
  await disposed;
  for (const socket of own.sockets) socket.resetAndDestroy();
  if (!same.write('x')) await same.drained;
  let text = '';
  for await (const chunk of same) text += chunk.subarray(0, 1).length;
  const ended: Promise<void> = to.closed;
  await ended;
  // @ts-expect-error: it is a promise
  const closed: boolean = to.closed;
  return `${text} ${closed} ${to.isClosed} ${own.refused}`;
}
// @ts-expect-error: who comes waits or is refused
loop.listen({ port: 0, whenFull: 'drop' });
// @ts-expect-error: without a type it is unknown
without.data.name;
// @ts-expect-error: it is of another type
const other: StreamHandlers<{ name: number }> = sessions;
// @ts-expect-error: there is no such member
client.data.nothing;

// Socket options have the types that their names say.
const roundTripUs: number = client.getOption('TCP_INFO').rttUs;
const acked: number | undefined = client.getOption('TCP_INFO').bytesAcked;
client.setOption('TCP_NODELAY', true).setOption('SO_LINGER', false).setOption(1, 9, 1);
client.options.TCP_CONGESTION = 'cubic';
const asNumber: number = client.getOption(1, 9);
loop.connect({ port: 1, keepAlive: { idleSeconds: 5 }, socketOptions: { IP_TOS: 8 } }, {});
// @ts-expect-error: it is true or false
client.setOption('TCP_NODELAY', 5);
// @ts-expect-error: there is no such option
client.setOption('TCP_NODELY', true);
// @ts-expect-error: it is only read
client.setOption('TCP_INFO', {});
// @ts-expect-error: it is only set
client.getOption('SO_ATTACH_FILTER');
// @ts-expect-error: it is only read
client.options.SO_TYPE = 1;
// @ts-expect-error: it is a number
server.options.TCP_KEEPIDLE = true;
// @ts-expect-error: there is no such option
loop.listen({ port: 1, socketOptions: { TCP_NODELY: true } }, {});

const recorder: FlightRecorder = new FlightRecorder(loop).start();
const records: FlightRecord[] = recorder.records();
const events: number = toTrace(recorder.stop()).traceEvents.length + records.length;
const picture: string = toText(records, { columns: 40, rows: 'requests' });
const timer: Timer = loop.setTimeout((text: string) => text.length, 10, 'text');
timer.unref().ref();
watch(0, { read: true }, (_ready, watcher) => watcher.close());
loop.watchPath('.', { recursive: true }, ({ type, from }, watcher) => [type, from, watcher.path]);
loop.onSignal('SIGHUP', (signal, handle, error) => [signal.length, handle.close(), error?.message]);
const stat: Promise<{ size: number }> = loop.fs.stat('file');
const metrics: LoopMetrics = loop.metrics();
const threads = new ThreadPerConnectionServer({ host: '127.0.0.1', loop });
const fd: number = check(raw.eventfd(0, raw.constants['EFD_NONBLOCK'] ?? 0), 'eventfd');
const flags: number = raw.fcntl(fd, 1);
{
  using scoped = new EventLoop();
  scoped.run('nowait');
}

export {
  acked,
  asNumber,
  asUnknown,
  events,
  flags,
  listening,
  metrics,
  name,
  other,
  picture,
  roundTripUs,
  server,
  stat,
  threads,
  typed,
};

// @ts-expect-error: a port is no string
loop.connect({ port: 'http' }, {});
// @ts-expect-error: there is no such option
new EventLoop({ threads: 4 });

// @ts-expect-error: there is no such export
export type Nothing = import('rawloop').Nothing;

// @ts-expect-error: a descriptor is a number
raw.close('1');
// @ts-expect-error: what is the loop's own is not for others
loop.table;
// @ts-expect-error: nor what is a handle's
client.handleFd;
// @ts-expect-error: nor what is a timer's
timer.slot = 1;
