// What watchers need of what tells them: one hub for each loop, of the kind that its system has
// (inotify-hub.ts, vnodes/hub.ts), and all that is watched is shared there. What is told is in
// inotify's words, which have a name for each thing in a folder; a system that tells less has a hub
// that finds out the rest.

/** What happened: bits of a notice, inotify's own where it has them. */
export const Notice = {
  MODIFY: 0x2,
  ATTRIB: 0x4,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  UNMOUNT: 0x2000,
  IGNORED: 0x8000,
  /** Something came or went in a folder, and nobody says what. To ABOVE alone. */
  UNNAMED: 0x10000,
  /** The path of a folder may lead to another one by now. */
  UNSURE: 0x40000,
  /** There may be no more watches: not all that is in a folder can be told of. */
  FULL: 0x20000,
  ISDIR: 0x40000000,
} as const;

/** As what something is watched. */
export const Watch = {
  /** The folder above the watched path: what comes and goes in it. */
  ABOVE: 0,
  /** The watched path, a folder: a link to it is followed. */
  ROOT: 1,
  /** A folder below it: links are not followed. */
  FOLDER: 2,
  /** The watched path, no folder. */
  FILE: 3,
  /** A folder further up: whether it is where it was. */
  HIGHER: 4,
} as const;
export type Watch = (typeof Watch)[keyof typeof Watch];

/** What is watched is there no more, or not under its name. */
export const LOST = Notice.DELETE_SELF | Notice.MOVE_SELF | Notice.UNMOUNT | Notice.IGNORED;
/** A name of a folder leads to something else now. */
export const NAMED = Notice.CREATE | Notice.DELETE | Notice.MOVED_FROM | Notice.MOVED_TO;

/** Who watches something, and is told of it. */
export interface Watching {
  /** `name` is in the folder that is watched; '' for what is watched itself. */
  noticed(mask: number, cookie: number, name: string): void;
}

/** What the list of a folder has. */
export interface Found {
  /** Bytes, a character for each. */
  readonly names: readonly string[];
  /** Of each: FOLDER_TYPE, or another DT_* of <dirent.h>. */
  readonly types: Uint8Array;
}

/** DT_DIR. */
export const FOLDER_TYPE = 4;

/** Where notices come from. Paths and names are bytes, a character for each. */
export interface NoticeSource {
  /** How far notices have been handed on; grows with each. */
  readonly position: number;
  /** The position at which all will have been handed on that wait now. */
  ahead(): number;
  /**
   * Watches what `path` leads to. The same number for the same thing, or -errno: ENOSPC where there
   * may be no more watches, ENOTDIR where no folder is and one is wanted.
   */
  add(path: string, what: Watch, watching: Watching): number;
  /** It is not to be told any more. */
  remove(watch: number, watching: Watching): void;
  /** All who watch it. */
  sharing(watch: number): Iterable<Watching>;
  /** What is in the folder of this watch, which `path` leads to; an error has its errno. */
  list(watch: number, path: string): Promise<Found>;
}
