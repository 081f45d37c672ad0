// A server that hashes the password of everybody who signs up. Hashes run on threads, so the
// loop goes on and takes the next request; but they share the processors, and beyond those each
// sign-up makes the others wait.
const { once } = require('node:events');
const { createServer, request } = require('node:http');
const { availableParallelism } = require('node:os');
const { parseArgs } = require('node:util');
const { EventLoop } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const { values } = parseArgs({ options: { cost: { type: 'string', default: '65536' } } });
const scryptOptions = { cost: Number(values.cost), maxmem: 2 ** 30 };
const THREADS = 4;
const users = new Map();

const loop = new EventLoop({ poolSize: THREADS }).attach();

const server = createServer(async (message, response) => {
  let body = '';
  for await (const text of message.setEncoding('utf8')) body += text;
  const { name, password } = JSON.parse(body);
  const salt = await loop.crypto.randomBytes(16);
  users.set(name, { salt, key: await loop.crypto.scrypt(password, salt, 64, scryptOptions) });
  response.writeHead(201).end();
});

const place = () => ({ host: '127.0.0.1', port: server.address().port });

/** How long a sign-up took, in ms with one decimal, as it is printed. */
async function signUp(name) {
  const startMs = performance.now();
  const asked = request({ ...place(), method: 'POST', agent: false });
  asked.end(JSON.stringify({ name, password: 'correct horse battery staple' }));
  const [response] = await once(asked, 'response');
  await once(response.resume(), 'end');
  return Number((performance.now() - startMs).toFixed(1));
}

async function atOnce(count) {
  const recorder = new FlightRecorder(loop).start();
  const names = Array.from({ length: count }, (_, i) => `user ${users.size + i}`);
  const tookMs = (await Promise.all(names.map(signUp))).sort((a, b) => a - b);
  recorder.stop();
  const figures = tookMs.map((ms) => ` ${ms.toFixed(1).padStart(6)}`).join('');
  console.log(`${count} at once: answered after ${figures} ms`);
  const hashes = recorder.records().filter(({ name }) => name === 'crypto.scrypt');
  return { lastMs: tookMs.at(-1), picture: toText(hashes, { rows: 'requests' }) };
}

async function main() {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await signUp('the first one, which has the server loaded');
  const [two, four, six] = [await atOnce(2), await atOnce(4), await atOnce(6)];
  server.close();
  loop.close();

  console.log(`\n${six.picture}\n`);
  const processors = availableParallelism();
  const times = ({ lastMs }) => (lastMs / two.lastMs).toFixed(2);
  console.log(
    `So with ${THREADS} threads on ${processors} processor${processors > 1 ? 's' : ''} the last of 4 waited ${times(four)} times as ` +
      `long as the last of 2,\nand the last of 6 ${times(six)} times.`,
  );
}

main();
