// What is told of a path that is watched.

/** What happened: see docs/paths.md. */
export type PathEventType =
  | 'create'
  | 'change'
  | 'attributes'
  | 'delete'
  | 'rename'
  | 'overflow'
  | 'error';

/**
 * One thing that happened to a watched path, or below it. `Name` is how paths are told: text, or
 * their bytes with `encoding: 'buffer'`.
 */
export interface PathEvent<Name extends string | Uint8Array = string> {
  /**
   * 'create' (it is there now), 'change' (its content, or another file took its place), 'attributes'
   * (permissions, owner, times), 'delete' (it is gone, a folder with all that was below it),
   * 'rename' (`from` is `path` now, with all that is below it), 'overflow' (something was not
   * heard: names are told anew, what files hold may have changed), 'error' (the watch has ended).
   */
  readonly type: PathEventType;
  /** The path, in the form in which it is watched: what was watched and, below it, `name`. */
  readonly path: Name;
  /** The same from the watched path on; empty: the watched path itself. */
  readonly name: Name;
  /** Whether it is a folder. */
  readonly isDirectory: boolean;
  /** Of a 'rename': the path that it had. */
  readonly from?: Name;
  /** Of a 'rename': the same as `path`. */
  readonly to?: Name;
  /** Of an 'error': why. */
  readonly error?: Error;
}
