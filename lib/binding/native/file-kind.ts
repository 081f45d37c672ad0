// What native/calls/file_kind.cc exports.

/** What may be behind a descriptor: 'file' is a folder or disk as well. */
export type FileKind =
  | 'pipe'
  | 'socket'
  | 'device'
  | 'terminal'
  /** /dev/ptmx: who opens it gets a terminal of his own. */
  | 'terminal-master'
  | 'file'
  | 'other';

/** For those that take over a descriptor: the host's own fstat may know only its own. */
export interface FileKindCalls {
  fileKind(fd: number): FileKind | number;
  /** 1: both are of one file, 0: not; or -errno. */
  isSameFile(fd: number, other: number): number;
}
