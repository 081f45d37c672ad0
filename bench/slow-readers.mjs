// What slow readers cost: `node bench/slow-readers.mjs [SLOW] [FAST]` (1,000 and 20). A
// server owes each slow client 16 MiB, which that never reads, and answers fast ones all
// the while, with an answer of 1 MiB each. Prints the most that the loop held, by its own
// count, how much this process grew, and what became of the clients. Fails when the
// limit did not hold, or a fast client was harmed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const MIB = 2 ** 20;
const OWED = 16 * MIB;
const ANSWER = MIB;
/** The default of a loop. */
const LIMIT = 128 * MIB;
const ROUNDS = 30;
/** A client that waits for longer was harmed. */
const LIMIT_MS = 120_000;

function residentBytes() {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * 1024;
}

async function serve(slow, fast) {
  const { EventLoop } = createRequire(import.meta.url)('../dist/index.cjs');
  const loop = new EventLoop().attach();
  const owed = Buffer.alloc(OWED, 's');
  const answer = Buffer.alloc(ANSWER, 'f');
  const closed = { limit: 0, other: 0, fast: 0 };
  const most = { held: 0, resident: 0 };
  const look = () => {
    most.held = Math.max(most.held, loop.bufferedBytes);
    most.resident = Math.max(most.resident, residentBytes());
  };
  const before = residentBytes();
  const server = loop.listen(
    { host: '127.0.0.1', port: 0, backlog: 4096 },
    {
      data(socket, chunk) {
        socket.data = chunk[0] === 's'.charCodeAt(0) ? 'slow' : 'fast';
        socket.write(socket.data === 'slow' ? owed : answer);
        look();
      },
      close(socket, error) {
        if (error === undefined) return;
        if (socket.data === 'fast') closed.fast++;
        else if (error.code === 'ERR_STREAM_MAX_BUFFERED') closed.limit++;
        else closed.other++;
      },
    },
  );
  const args = [fileURLToPath(import.meta.url), '--client', server.address.port, slow, fast];
  const client = spawn(process.execPath, args.map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  client.stdout.on('data', (chunk) => {
    text += chunk;
  });
  client.on('exit', () => {
    look();
    const { answered } = JSON.parse(text || '{}');
    const mib = (bytes) => `${Math.round(bytes / MIB)} MiB`;
    console.log(`${slow} slow readers, owed ${mib(OWED)} each; ${fast} fast ones`);
    console.log(`held at most        ${mib(most.held)} of ${mib(LIMIT)}`);
    console.log(`resident at most    ${mib(most.resident)}, ${mib(before)} before`);
    console.log(`closed by the limit ${closed.limit}, by something else ${closed.other}`);
    console.log(`fast: answered      ${answered} of ${fast * ROUNDS}, closed ${closed.fast}`);
    const holds = most.held <= LIMIT && most.resident < 512 * MIB;
    if (!holds || answered !== fast * ROUNDS || closed.fast > 0) process.exitCode = 1;
    loop.close();
  });
}

function beClients(port, slow, fast) {
  let left = fast;
  let answered = 0;
  const end = () => {
    console.log(JSON.stringify({ answered }));
    process.exit(0);
  };
  setTimeout(end, LIMIT_MS);
  for (let i = 0; i < fast; i++) {
    let bytes = 0;
    let rounds = 0;
    const socket = net.connect(port, '127.0.0.1', () => socket.write('f'));
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes < ANSWER) return;
      bytes -= ANSWER;
      answered++;
      if (++rounds < ROUNDS) socket.write('f');
      else {
        socket.end();
        if (--left === 0) end();
      }
    });
    socket.on('error', () => {});
  }
  for (let i = 0; i < slow; i++) {
    const socket = net.connect(port, '127.0.0.1', () => socket.pause().write('s'));
    socket.on('error', () => {});
  }
}

if (process.argv[2] === '--client') beClients(...process.argv.slice(3).map(Number));
else await serve(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 20));
