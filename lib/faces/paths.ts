// What the public loop has for files and folders that change.
import type { WatchPathOptions } from '../paths/options.js';
import type { PathCallback, PathWatcher } from '../paths/watcher.js';
import type { Path } from '../pool/fs/path.js';
import * as families from './families.js';
import { SpawnFace } from './spawn.js';

/** What a loop has for files and folders that change. Use `EventLoop`. */
export abstract class PathsFace extends SpawnFace {
  /**
   * Tells what happens to a file or a folder, with `recursive` all that is below it. The path is
   * watched, not what it led to at first: it may be replaced, or be gone and come again. See
   * docs/paths.md.
   *
   * @param callback left out: events are kept for who iterates the watcher
   * @throws SystemError ENOENT, EACCES, ENOSPC (fs.inotify.max_user_watches), EMFILE
   *   (fs.inotify.max_user_instances; on macOS and the BSDs descriptors, of which each file takes one),
   *   EOPNOTSUPP (there, of what is no file or folder); TypeError, RangeError; Error ERR_LOOP_CLOSED,
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
   * @example
   * loop.watchPath('src', { recursive: true }, ({ type, path, from }) => console.log(type, path, from));
   * @example
   * for await (const { type, path } of loop.watchPath('config.json')) console.log(type, path);
   */
  watchPath(
    path: Path,
    options?: WatchPathOptions & { encoding?: 'utf8' | undefined },
    callback?: PathCallback,
  ): PathWatcher;
  watchPath(
    path: Path,
    options: WatchPathOptions & { encoding: 'buffer' },
    callback?: PathCallback<Uint8Array>,
  ): PathWatcher<Uint8Array>;
  watchPath(
    path: Path,
    options: WatchPathOptions = {},
    callback?: PathCallback | PathCallback<Uint8Array>,
  ): PathWatcher | PathWatcher<Uint8Array> {
    const { PathWatcher } = families.paths();
    const checked = families.pool().toPath(path);
    const read = (folder: Uint8Array) => this.fs.listed(folder);
    const lists = {
      later: (fd: number) => this.fs.listing(fd),
      now: (fd: number) => this.fs.listingNow(fd),
    };
    const ways = { read, lists };
    return new PathWatcher<string>(this, ways, checked, options, callback as PathCallback);
  }
}
