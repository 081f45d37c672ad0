// One generation of a server that is replaced while it serves. It answers each line with its
// number on that connection. What its successor gets, over a Unix socket: the listening socket,
// then each connection with its state. Usage: node server.mjs HANDOVER_PATH first | next
import { defaultLoop } from 'rawloop';
import { bind, check, close, constants, listen, socket } from 'rawloop/raw';

const [path, generation] = process.argv.slice(2);
const RETRY_MS = 2;
const loop = defaultLoop();
const connections = new Set();
let server;
let listening;

const session = {
  open(socket) {
    socket.data ??= { count: 0, partial: '' };
    connections.add(socket);
  },
  data(socket, chunk) {
    const state = socket.data;
    const lines = (state.partial + Buffer.from(chunk)).split('\n');
    state.partial = lines.pop();
    for (const line of lines) socket.write(`${++state.count} ${line}\n`);
  },
  close(socket) {
    connections.delete(socket);
  },
};

/** A connection that another generation accepted, where that one left it. */
function resume(fd, state) {
  const socket = loop.stream(fd, {}, session);
  socket.data = state;
  connections.add(socket);
}

/** Accepts connections of a socket that listens, whoever opened it. */
function serve(fd) {
  listening = fd;
  server = loop.listen({ fd }, session);
  console.log(`serving at port ${server.address.port}`);
}

/** The socket of the first generation. */
function openListener() {
  const fd = check(socket(constants.AF_INET, constants.SOCK_STREAM), 'socket');
  check(bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
  check(listen(fd, 511), 'listen');
  return fd;
}

/** Waits for a successor, of which there is one. */
function awaitSuccessor() {
  const waiting = loop.listen(
    { path, mode: 0o600 },
    {
      open(successor) {
        // Its path is free from here on, for the successor's own.
        waiting.close();
        handOver(successor);
      },
    },
  );
}

/** A record is a line; a descriptor goes along with its first byte. */
const tell = (successor, record, fd) =>
  successor.write(`${JSON.stringify(record)}\n`, fd === undefined ? {} : { fds: [fd] });

function handOver(successor) {
  // Both may accept for a moment: it is one socket, and who waits there waits for either.
  tell(successor, { kind: 'listener' }, listening);
  server.close();
  for (const socket of connections) give(successor, socket);
  endWhenEmpty(successor);
}

/** A connection goes once its last answer is out; what it has not read stays in the kernel. */
function give(successor, socket) {
  // One that has ended in this very turn is told of its close later.
  if (socket.isClosed) return;
  socket.pause();
  const fd = detached(socket);
  if (fd === undefined) {
    loop.setTimeout(give, RETRY_MS, successor, socket);
    return;
  }
  connections.delete(socket);
  // By now: what this turn had read already was told before `detach` returned.
  tell(successor, { kind: 'connection', state: socket.data }, fd);
  close(fd);
}

/** Its descriptor; undefined while its peer has answers to take. */
function detached(socket) {
  try {
    return socket.detach();
  } catch (error) {
    if (error.code === 'ERR_STREAM_OUTPUT_QUEUED') return undefined;
    throw error;
  }
}

function endWhenEmpty(successor) {
  if (connections.size === 0) successor.end();
  else loop.setTimeout(endWhenEmpty, RETRY_MS, successor);
}

/** Takes over from the generation before. */
function succeed() {
  let text = '';
  const fds = [];
  loop.connect(
    { path },
    {
      data(_predecessor, chunk, received) {
        if (received !== undefined) fds.push(...received.take());
        const records = (text + Buffer.from(chunk)).split('\n');
        text = records.pop();
        for (const record of records.map((line) => JSON.parse(line))) {
          const fd = fds.shift();
          if (record.kind === 'listener') serve(fd);
          else resume(fd, record.state);
        }
      },
      close(_predecessor, error) {
        if (error) throw error;
        awaitSuccessor();
        console.log('took over');
      },
    },
  );
}

if (generation === 'first') {
  serve(openListener());
  awaitSuccessor();
} else {
  succeed();
}
process.once('SIGTERM', () => process.exit());
