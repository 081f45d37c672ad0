// Restarts a server again and again while clients use it: the successor gets the listening
// socket and the open connections, so that none is refused and no byte is lost. Usage:
// node examples/hot-restart/restart-under-load.mjs [RESTARTS] [CLIENTS]
// The server is support/server.mjs.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultLoop } from 'rawloop';

const [restarts = 4, clients = 20] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'rawloop-'));
const program = fileURLToPath(new URL('support/server.mjs', import.meta.url));
const loop = defaultLoop();
const counts = { kept: 0, answers: 0, connects: 0, lost: 0, refused: 0 };

/** Starts a generation; resolves with what it says first, by this pattern. */
function start(generation, pattern) {
  const child = spawn(process.execPath, [program, join(folder, 'handover'), generation], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
      const found = pattern.exec(said);
      if (found !== null) resolve({ child, ended, found });
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}`)));
  });
}

/**
 * A client that sends one numbered line after another, three at a time, and looks at each
 * answer. It goes on until `isOver(sent)`, then waits for what is owed.
 */
function client(port, isOver) {
  return new Promise((resolve) => {
    let [sent, answered, partial] = [0, 0, ''];
    const more = (socket) => {
      while (sent < answered + 3 && !isOver(sent)) socket.write(`line ${++sent}\n`);
      if (sent === answered) socket.end();
    };
    loop.connect(
      { host: '127.0.0.1', port },
      {
        open(socket) {
          counts.connects += 1;
          more(socket);
        },
        data(socket, chunk) {
          const lines = (partial + Buffer.from(chunk)).split('\n');
          partial = lines.pop();
          for (const line of lines) {
            answered += 1;
            if (line !== `${answered} line ${answered}`) counts.lost += 1;
          }
          more(socket);
        },
        close(_socket, error) {
          if (error !== undefined) counts.refused += 1;
          counts.lost += sent - answered;
          counts.answers += answered;
          resolve(error === undefined && answered > 0);
        },
      },
    );
  });
}

let isOver = false;
let { child, ended, found } = await start('first', /port (\d+)/);
const port = Number(found[1]);

const long = Array.from({ length: clients }, () => client(port, () => isOver));
/** One that comes, asks ten times and goes, and then the next. */
async function shortOnes() {
  while (!isOver) await client(port, (sent) => sent === 10);
}
const short = Array.from({ length: 4 }, shortOnes);

for (let i = 0; i < restarts; i++) {
  const before = ended;
  ({ child, ended } = await start('next', /took over/));
  // It ends by itself: it has nothing left.
  await before;
}
isOver = true;
for (const kept of await Promise.all(long)) counts.kept += kept ? 1 : 0;
await Promise.all(short);
child.kill();
rmSync(folder, { recursive: true });

console.log(`${restarts} restarts under load`);
for (const [name, count] of Object.entries(counts)) console.log(`${name}: ${count}`);
