// Work that no kernel can wait for, files and keys, on the loop's threads. One wake-up
// of the loop serves a whole batch of results.
import { readdirSync } from 'node:fs';
import { EventLoop } from 'rawloop';

const STATS = 2000;
const KEYS = 8;

const loop = new EventLoop({ poolSize: 4 }).attach();

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).map((name) => new URL(name, folder));

const stats = await Promise.all(
  Array.from({ length: STATS }, (_, i) => loop.fs.stat(files[i % files.length])),
);
const bytes = stats.slice(0, files.length).reduce((sum, { size }) => sum + size, 0);
console.log(`${files.length} files, ${bytes} bytes in all, looked at ${STATS} times`);
console.log(`the loop was woken ${loop.pool.stats().wakeups} times for it`);

// Keys take a thread each for a while; this thread goes on meanwhile.
const keys = Promise.all(
  Array.from({ length: KEYS }, (_, i) =>
    loop.crypto.pbkdf2('secret', `salt ${i}`, 50_000, 32, 'sha256'),
  ),
);
const { running, queued, threads } = loop.pool.stats();
console.log(`${KEYS} keys asked for: ${running + queued} on ${threads} threads or waiting`);
const [key] = await keys;
console.log(`the first key is ${Buffer.from(key).toString('hex')}`);

// What is queued can be taken back; what runs already cannot.
const abort = new AbortController();
const busy = Array.from({ length: 4 }, () => loop.crypto.pbkdf2('a', 'b', 50_000, 32, 'sha256'));
const late = loop.fs.stat(folder, { signal: abort.signal });
abort.abort();
await late.catch((error) => console.log(`taken back: ${error.name}`));
await Promise.all(busy);

// No more requests: nothing keeps the process alive.
