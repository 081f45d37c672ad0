// A watcher of bench/paths.mjs: `node paths.mjs PEER PACKAGE FOLDER DONE`. It watches the folder with
// all below it, keeps the paths that it is told of, says 'ready', and what it cost at the end: when
// the file DONE is there and it has been told nothing for a while. Taking part in that are the timers
// of whichever loop runs. CPU time is that of all threads.
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  watch,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { difference, Mirror, pathsOnDisk } from '../../test/stress/mirror.mjs';

const [peer, home, folder, done] = process.argv.slice(2);
const LOOK_MS = 50;
const QUIET_MS = 2000;
/** So long is waited for what may still come where the state is wrong. */
const LATE_MS = 8000;
const READY_QUIET_MS = 1000;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let events = 0;
let overflows = 0;
/** Paths that are there, by what was told: a Map for each. One that goes takes all below it along. */
class Told {
  #root = new Map();
  #find(path) {
    const names = path.slice(folder.length + 1).split('/');
    const last = names.pop();
    let at = this.#root;
    for (const name of names) at = at?.get(name);
    return { at, last };
  }
  add(path) {
    events++;
    const { at, last } = this.#find(path);
    if (at?.has(last) === false) at.set(last, new Map());
  }
  delete(path) {
    events++;
    const { at, last } = this.#find(path);
    at?.delete(last);
  }
  get paths() {
    const found = [];
    const walk = (at, prefix) => {
      for (const [name, inner] of at) {
        found.push(prefix + name);
        walk(inner, `${prefix}${name}/`);
      }
    };
    walk(this.#root, '');
    return found.sort();
  }
}

/** Each begins to watch: `{ paths }`, and calls `ready`. `later` is a timer of its loop. */
const PEERS = {
  owned: (ready) => ours(ready, (loop) => setImmediate(() => loop.run())),
  guest: (ready) => ours(ready, (loop) => loop.attach()),
  node(ready) {
    const told = new Told();
    watch(folder, { recursive: true }, (type, name) => {
      events++;
      if (type !== 'rename' || name === null) return;
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) told.delete(path);
      else told.add(path);
    });
    // It does not say when it is.
    let before = cpuMs();
    const look = () => {
      const now = cpuMs();
      if (now - before < READY_QUIET_MS / 50) return ready();
      before = now;
      setTimeout(look, READY_QUIET_MS);
    };
    setTimeout(look, READY_QUIET_MS);
    return { told, later: setTimeout };
  },
  async chokidar(ready) {
    const { default: chokidar } = await import(pathToFileURL(join(home, 'index.js')).href);
    const told = new Told();
    chokidar
      .watch(folder, { ignoreInitial: true })
      .on('add', (path) => told.add(path))
      .on('addDir', (path) => told.add(path))
      .on('unlink', (path) => told.delete(path))
      .on('unlinkDir', (path) => told.delete(path))
      .on('error', () => overflows++)
      .on('ready', ready);
    return { told, later: setTimeout };
  },
  parcel(ready) {
    const { subscribe } = createRequire(import.meta.url)(home);
    const told = new Told();
    subscribe(folder, (error, batch) => {
      if (error) overflows++;
      for (const { type, path } of batch ?? []) {
        if (type === 'delete') told.delete(path);
        else if (type === 'create') told.add(path);
      }
    }).then(ready);
    return { told, later: setTimeout };
  },
};

function ours(ready, start) {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  const loop = new EventLoop();
  const mirror = new Mirror();
  const watcher = loop.watchPath(folder, { recursive: true }, (event) => {
    events++;
    if (event.type === 'overflow') overflows++;
    mirror.apply(event);
  });
  watcher.ready.then(ready);
  const told = {
    get paths() {
      return mirror.paths.map((path) => path.replace(/\/$/, '')).sort();
    },
  };
  start(loop);
  return { told, later: (callback, ms) => loop.setTimeout(callback, ms) };
}

/** Inotify instances and their watches, of this process. */
function watches() {
  let count = 0;
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (!readlinkSync(`/proc/self/fd/${fd}`).includes('inotify')) continue;
      count += readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify wd/gm)?.length ?? 0;
    } catch {
      // The folder's own, closed by now.
    }
  }
  return count;
}

const begin = { cpu: cpuMs(), time: performance.now() };
let readyAt;
const made = await PEERS[peer](() => {
  readyAt = { cpu: cpuMs() - begin.cpu, time: performance.now() - begin.time };
  // Memory and idle cost a while later.
  made.later(() => {
    const before = cpuMs();
    made.later(() => {
      const rss = process.memoryUsage.rss() / 2 ** 20;
      const idle = { readyMs: readyAt.time, readyCpuMs: readyAt.cpu, idleCpuMs: cpuMs() - before };
      writeSync(1, `${JSON.stringify({ ...idle, rss, watches: watches() })}\n`);
      active = { cpu: cpuMs(), time: performance.now(), events };
      start = active;
      made.later(look, LOOK_MS);
    }, READY_QUIET_MS);
  }, READY_QUIET_MS);
});

let start;
let active;
let differs;
function look() {
  const now = performance.now();
  if (events !== active.events) active = { cpu: cpuMs(), time: now, events };
  const quiet = now - active.time;
  if (!existsSync(done) || quiet < QUIET_MS) return made.later(look, LOOK_MS);
  const disk = pathsOnDisk(folder).map((path) => path.replace(/\/$/, ''));
  differs = difference(made.told.paths, disk.sort());
  if (differs.length > 0 && quiet < LATE_MS) return made.later(look, QUIET_MS);
  const outcome = {
    cpuMs: active.cpu - start.cpu,
    endedAt: performance.timeOrigin + active.time,
    rss: process.resourceUsage().maxRSS / 1024,
    events: active.events - start.events,
    overflows,
    differs,
  };
  writeSync(1, `${JSON.stringify(outcome)}\n`);
  process.exit();
}
