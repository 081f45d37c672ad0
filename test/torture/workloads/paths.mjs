// Watched paths: a tree that is made, renamed and removed, and a file that is saved by rename, at once
// by one loop. What is told of the tree, applied, is what is on the disk. A folder that was refused is
// looked into again when its permissions change, which is done where nothing is told for a while.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { difference, Mirror, pathsOnDisk } from '../../stress/mirror.mjs';

const NUDGE_MS = 100;
const LOOK_MS = 5;

/** What is there may be looked at anew. */
function nudge(folder) {
  for (const path of ['', ...pathsOnDisk(folder)]) fs.chmodSync(join(folder, path), 0o755);
}

function watchTree(round, loop, folder, unit, end) {
  const mirror = new Mirror();
  const steps = [
    () => fs.mkdirSync(join(folder, 'a/b/c'), { recursive: true }),
    () => fs.writeFileSync(join(folder, 'a/b/c/file'), ''),
    () => fs.renameSync(join(folder, 'a/b'), join(folder, 'b')),
    () => fs.cpSync(join(folder, 'b'), join(folder, 'copy'), { recursive: true }),
    () => fs.rmSync(join(folder, 'a'), { recursive: true }),
  ];
  const watcher = round.attempt(() =>
    loop.watchPath(folder, { recursive: true, initial: true }, (event) => {
      round.advance();
      if (event.type === 'error') {
        round.tell(event.error);
        return end(unit, event.error.code);
      }
      mirror.apply(event);
    }),
  );
  if (watcher === undefined) return end(unit, 'no watcher');
  const look = (since) => {
    if (watcher.isClosed) return;
    if (difference(mirror.paths, pathsOnDisk(folder)).length > 0) {
      const isLong = loop.now() - since > NUDGE_MS;
      if (isLong) nudge(folder);
      return loop.setTimeout(() => look(isLong ? loop.now() : since), LOOK_MS);
    }
    round.advance();
    const step = steps.shift();
    if (step !== undefined) {
      step();
      return loop.setTimeout(() => look(loop.now()), LOOK_MS);
    }
    watcher.close();
    end(unit, mirror.faults[0]);
  };
  loop.setTimeout(() => look(loop.now()), LOOK_MS);
}

function watchFile(round, loop, folder, unit, end) {
  const file = join(folder, 'config');
  let saves = 5;
  let isTold = true;
  fs.writeFileSync(file, '');
  const save = () => {
    fs.writeFileSync(`${file}.new`, 'saved');
    fs.renameSync(`${file}.new`, file);
  };
  const watcher = round.attempt(() =>
    loop.watchPath(file, {}, (event) => {
      round.advance();
      isTold ||= event.type === 'change' || event.type === 'create';
      if (event.type !== 'error') return;
      round.tell(event.error);
      end(unit, event.error.code);
    }),
  );
  if (watcher === undefined) return end(unit, 'no watcher');
  const look = (since) => {
    if (watcher.isClosed) return;
    if (isTold && saves-- === 0) {
      watcher.close();
      return end(unit);
    }
    const isLong = loop.now() - since > NUDGE_MS;
    const isDue = isTold || isLong;
    if (isDue) {
      isTold = false;
      save();
    }
    loop.setTimeout(() => look(isDue ? loop.now() : since), LOOK_MS);
  };
  look(loop.now());
}

const retry = (...names) => names.map((name) => [name, 'retry']);

export default {
  rules: {
    // What is no more than looked at again, or told where it ends a watcher.
    inotify_init1: retry('EMFILE', 'ENFILE', 'ENOMEM', 'EINVAL', 'EPERM', 'ENOSYS'),
    inotify_add_watch: retry('ENOSPC', 'ENOMEM', 'EACCES', 'ENOENT', 'EINVAL', 'EPERM', 'ENOSYS'),
    openat: retry('EINTR', 'EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EIO', 'ENOSYS'),
    getdents64: retry('EIO', 'ENOMEM', 'EPERM', 'ENOSYS', 'ENOENT'),
    open: retry(
      'EINTR',
      'EMFILE',
      'ENFILE',
      'ENOMEM',
      'EACCES',
      'ENOENT',
      'EPERM',
      'ENOSYS',
      'EIO',
    ),
    // How much waits to be read, which the kernel always says.
    ioctl: retry('EINTR', 'ENOTTY', 'EIO', 'EINVAL', 'EPERM', 'ENOSYS'),
  },
  // A wake-up of the pool's.
  only: { write: ['EINTR'] },
  run(round, loop) {
    const base = fs.mkdtempSync(join(tmpdir(), 'rawloop-torture-'));
    const unit = round.unit('the tree and the file');
    let left = 2;
    let failure;
    // They have one instance, and fail together.
    const end = (of, why) => {
      failure ??= why;
      if (--left > 0) return;
      of.end(failure === undefined, failure);
    };
    fs.mkdirSync(join(base, 'tree'));
    watchTree(round, loop, join(base, 'tree'), unit, end);
    watchFile(round, loop, base, unit, end);
    round.whenAllEnded(() => fs.rmSync(base, { recursive: true, force: true }));
  },
};
