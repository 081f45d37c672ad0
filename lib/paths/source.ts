// What watchers need of the kernel's interface, which all those of a loop share (inotify-hub.ts),
// and how it tells them what happened. See inotify(7).
import { constants } from '../raw/constants.js';

const bit = (name: string): number => constants[name] ?? 0;

/** What happened: bits of a notice. */
export const Notice = {
  MODIFY: bit('IN_MODIFY'),
  ATTRIB: bit('IN_ATTRIB'),
  MOVED_FROM: bit('IN_MOVED_FROM'),
  MOVED_TO: bit('IN_MOVED_TO'),
  CREATE: bit('IN_CREATE'),
  DELETE: bit('IN_DELETE'),
  DELETE_SELF: bit('IN_DELETE_SELF'),
  MOVE_SELF: bit('IN_MOVE_SELF'),
  UNMOUNT: bit('IN_UNMOUNT'),
  IGNORED: bit('IN_IGNORED'),
  ISDIR: bit('IN_ISDIR'),
} as const;

const ONLY_FOLDERS = bit('IN_ONLYDIR');
const NAMES = Notice.CREATE | Notice.DELETE | Notice.MOVED_FROM | Notice.MOVED_TO;
const SELF = Notice.DELETE_SELF | Notice.MOVE_SELF;

/** What is asked of the kernel, by what is watched. */
export const Watch = {
  /** The folder above the watched path: what comes and goes in it. */
  ABOVE: NAMES | SELF | ONLY_FOLDERS,
  /** The watched path, a folder: a link to it is followed. */
  ROOT: NAMES | SELF | Notice.MODIFY | Notice.ATTRIB | ONLY_FOLDERS | bit('IN_EXCL_UNLINK'),
  /** A folder below it: links are not followed. */
  FOLDER:
    NAMES |
    SELF |
    Notice.MODIFY |
    Notice.ATTRIB |
    ONLY_FOLDERS |
    bit('IN_EXCL_UNLINK') |
    bit('IN_DONT_FOLLOW'),
  /** The watched path, no folder. */
  FILE: SELF | Notice.MODIFY | Notice.ATTRIB,
} as const;

/** What is watched is there no more, or not under its name. */
export const LOST = SELF | Notice.UNMOUNT | Notice.IGNORED;
/** A name of a folder leads to something else now. */
export const NAMED = NAMES;

/** Who watches something, and is told of it. */
export interface Watching {
  /** `name` is in the folder that is watched; '' for what is watched itself. */
  noticed(mask: number, cookie: number, name: string): void;
}

/** Where notices come from. Paths and names are bytes, a character for each. */
export interface NoticeSource {
  /** How far notices have been handed on; grows with each. */
  readonly position: number;
  /** The position at which all will have been handed on that wait now. */
  ahead(): number;
  /** Watches what `path` leads to. The same number for the same thing, or -errno. */
  add(path: string, mask: number, watching: Watching): number;
  /** It is not to be told any more. */
  remove(watch: number, watching: Watching): void;
  /** All who watch it. */
  sharing(watch: number): Iterable<Watching>;
}
