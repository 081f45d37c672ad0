// What `ab -c 50 -n 500` is: so many requests, so many of them at once, each by a connection of its
// own; a hash that takes a given time here; and what the servers recorded.
const { pbkdf2Sync } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { get } = require('node:http');
const { join } = require('node:path');

/** Nothing said for so long has failed: a connection may be given to a process that ends meanwhile. */
const SILENCE_MS = 20_000;

/** One request: its time in ms, with one decimal, and who answered; rejects as it fails. */
function ask(port, path) {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const tookMs = Number((performance.now() - startMs).toFixed(1));
      resolve({ tookMs, pid: Number(text) });
    });
    asked.setTimeout(SILENCE_MS, () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
  });
}

/**
 * Asks `total` times, `atOnce` at a time, or for as long as it `goesOn`: times in ascending order,
 * who answered, and how many failed.
 */
async function load(port, path, { total = Infinity, atOnce, goesOn = () => true }) {
  const [times, pids] = [[], []];
  let [left, failed] = [total, 0];
  const client = async () => {
    while (left-- > 0 && goesOn()) {
      try {
        const { tookMs, pid } = await ask(port, path);
        times.push(tookMs);
        pids.push(pid);
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return { times: times.sort((a, b) => a - b), pids, failed };
}

/** How many iterations of pbkdf2 take so long on a processor that has nothing else to do. */
function iterationsFor(ms) {
  const PROBE = 20_000;
  const probes = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    pbkdf2Sync('secret', 'salt', PROBE, 64, 'sha512');
    return performance.now() - startMs;
  });
  return Math.max(1, Math.round((PROBE * ms) / Math.min(...probes)));
}

/** What the processes of these numbers left in a folder as they ended, each with a lane's name. */
function recordingsOf(folder, lanes) {
  return [...lanes].flatMap(([pid, lane]) => {
    const file = join(folder, `${pid}.json`);
    if (!existsSync(file)) return []; // It was killed.
    const records = JSON.parse(readFileSync(file, 'utf8'));
    return records.map((record) => ({ ...record, lane }));
  });
}

module.exports = { load, iterationsFor, recordingsOf };
