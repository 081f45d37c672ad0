// The thread beside the one under test. It plays the honest peers, by node:net, whose
// calls never fail; it watches whether the round gets on, and ends one that does not;
// it ends a lasting refusal. What it finds it posts to the round, and writes a byte to
// the pipe that the round's loop waits for.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { busiest, mark } from './busy.mjs';
import { startClient } from './clients.mjs';
import { loadControl } from './control.mjs';

/** A lasting refusal may be noticed for so long, must then be quiet, and is let go. */
const QUIET_AFTER_MS = 150;
const QUIET_MS = 300;
const LASTS_AT_MOST_MS = 2000;
const CHECK_MS = 50;
/**
 * Without progress for so many looks, 2.5 s, and no back-off is longer, a round hangs. By looks: a
 * process that is stopped for a while, or a machine with no time for it, is none that hangs.
 */
const PATIENCE_LOOKS = 50;
/** Of a processor, without any progress: that is spinning, when it took so much of one. */
const SPINNING = 0.5;
/**
 * A thread of JavaScript starts in 30 to 50 ms of a processor, for which it may wait ten times as
 * long on a busy machine: that is work, which ends.
 */
const SPINNING_MS = 100;

const { progress, done, port } = workerData;
const control = loadControl();
const sockets = new Set();
let round;

function keep(socket) {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
  return socket;
}

function tell(message) {
  port.postMessage(message);
  try {
    writeSync(round.stopFd, 'x');
  } catch {
    // The round has closed its pipe: it ends by itself.
  }
}

/** Who was busiest since `begin`: nobody when the round has got on meanwhile. */
function busyness(begin) {
  return Atomics.load(progress, 0) === begin.at ? busiest(begin) : { share: 0, ranMs: 0 };
}

function spins({ share, ranMs }) {
  return share > SPINNING && ranMs > SPINNING_MS;
}

function begin() {
  return { ...mark(), at: Atomics.load(progress, 0) };
}

/** A lasting refusal ends once there was a while without progress to look at. */
function watchLasting(state) {
  const sinceMs = performance.now() - state.startMs;
  if (sinceMs < QUIET_AFTER_MS) return;
  if (state.quiet === undefined || Atomics.load(progress, 0) !== state.quiet.at) {
    state.quiet = begin();
  }
  if (performance.now() - state.quiet.ms < QUIET_MS && sinceMs < LASTS_AT_MOST_MS) return;
  const busy = busyness(state.quiet);
  // Not to be told yet: it may work, or spin on a machine that has no time for it.
  if (busy.share > SPINNING && !spins(busy) && sinceMs < LASTS_AT_MOST_MS) return;
  control.disarm();
  state.lasting = false;
  state.before = begin();
  state.looks = 0;
  if (spins(busy)) tell({ spinning: busy.share });
}

function watchProgress(state) {
  if (Atomics.load(progress, 0) !== state.before.at) {
    state.before = begin();
    state.looks = 0;
  } else if (++state.looks > PATIENCE_LOOKS && !state.stuck) {
    state.stuck = true;
    const busy = busyness(state.before);
    tell(spins(busy) ? { limit: true, spinning: busy.share } : { limit: true });
  }
}

function watch() {
  const { id, lasting } = round;
  const state = { startMs: performance.now(), lasting, before: begin(), looks: 0 };
  const timer = setInterval(() => {
    if (round?.id !== id) clearInterval(timer);
    else if (state.lasting) watchLasting(state);
    else watchProgress(state);
  }, CHECK_MS);
}

const commands = {
  begin(message) {
    round = message;
    watch();
  },
  clients({ kind, port, count, host }) {
    const { id } = round;
    for (let index = 0; index < count; index++) {
      const secret = randomBytes(64);
      const advance = () => Atomics.add(progress, 0, 1);
      const socket = startClient({ kind, port, host, index, secret, advance }, (unit) => {
        if (round?.id === id) tell({ kind, ...unit });
      });
      keep(socket);
    }
  },
  end({ id }) {
    round = undefined;
    for (const socket of sockets) socket.destroy();
    const wait = () => {
      if (sockets.size > 0) return setTimeout(wait, 1);
      Atomics.store(done, 0, id);
      Atomics.notify(done, 0);
    };
    wait();
  },
};

const server = createServer((socket) => {
  keep(socket).pipe(socket);
  socket.on('data', () => Atomics.add(progress, 0, 1));
});
server.listen(0, '127.0.0.1', 1024, () => {
  port.postMessage({ port: server.address().port });
  parentPort.on('message', (message) => commands[message.command](message));
});
