// What calls on files may fail with, and what follows, where `loop.fs` makes them: the rules of
// the workload `files`. Some are other things' calls as well, of which calls.mjs says something
// else: who locks a folder for the sake of a socket in it does without, a request for it is told.
//
// Two are no errnos: SHORT transfers at most 100 bytes, and NOTHING answers 0, as a read that must
// not wait does on Linux 5.9 and 5.10 where it ought to refuse.
const told = (...names) => names.map((name) => [name, 'told']);
const retry = (...names) => names.map((name) => [name, 'retry']);
const quiet = (...names) => names.map((name) => [name, 'quiet']);

/** On the loop's thread: a thread of the pool does it, whatever the reason. */
const REFUSED_INLINE = quiet(
  ...['EINTR', 'EAGAIN', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EPERM', 'EACCES'],
  ...['ENOMEM', 'EMFILE', 'ENFILE', 'EIO', 'ESTALE', 'EXDEV', 'ELOOP'],
);
const OF_PATHS = told('EACCES', 'EIO', 'ENOMEM', 'ENOSPC', 'EROFS', 'EPERM', 'ENOSYS', 'ESTALE');
const OF_TREES = told('EACCES', 'EIO', 'ENOMEM', 'EROFS', 'ENOSYS', 'ESTALE');
const OF_DESCRIPTORS = told('EIO', 'EPERM', 'EROFS', 'ENOSYS');
const NO_ROOM = told('EIO', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EPERM');

export const FILE_CALLS = {
  openat2: REFUSED_INLINE,
  statx_now: REFUSED_INLINE,
  preadv2: [...REFUSED_INLINE, ...quiet('SHORT', 'NOTHING', 'EISDIR', 'ESPIPE', 'EBADF')],
  // What a descriptor is given back that was opened without waiting. It is looked at inline.
  fcntl_flags: quiet('EPERM', 'ENOSYS', 'EINVAL'),
  // Inline a thread does the read instead; a seek is told.
  lseek: retry('EIO', 'EINVAL', 'ESPIPE', 'EPERM', 'ENOSYS'),
  // By which a file system is asked what it is: until it says so its files are a thread's.
  statfs: quiet('EINTR', 'EIO', 'EACCES', 'ENOMEM', 'EPERM', 'ENOSYS'),
  open: [
    ...quiet('EINTR'),
    ...told('EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'ENOSPC', 'EROFS', 'EPERM', 'ENOSYS', 'EIO'),
  ],
  openat: [...quiet('EINTR'), ...told('EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EIO', 'ENOSYS')],
  close: [...quiet('EINTR'), ...retry('EIO', 'ENOSPC', 'EDQUOT')],
  read_file: [...quiet('EINTR', 'SHORT'), ...told('EIO', 'EINVAL', 'EPERM', 'ENOMEM')],
  write_file: [...quiet('EINTR', 'SHORT'), ...NO_ROOM],
  pread: [...quiet('EINTR', 'SHORT'), ...told('EIO', 'EINVAL', 'ESPIPE', 'EPERM')],
  pwrite: [...quiet('EINTR', 'SHORT'), ...NO_ROOM, ...told('EINVAL')],
  // Where it is refused the bytes are copied through memory.
  copy_file_range: [
    ...quiet('EINTR', 'SHORT', 'EXDEV', 'EINVAL', 'ENOSYS', 'EOPNOTSUPP', 'EPERM', 'EBADF'),
    ...told('EIO', 'ENOSPC', 'ENOMEM', 'EFBIG'),
  ],
  // Where blocks cannot be shared they are copied, unless they must be.
  ioctl: quiet('EINTR', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOTTY', 'EPERM', 'ENOSYS', 'EIO'),
  // Who removes a tree goes by what is not there any more.
  getdents64: [...told('EIO', 'ENOMEM', 'EPERM', 'ENOSYS'), ...retry('ENOENT')],
  // By which a number is also known to be still what was opened: of that nobody need hear.
  fstat: retry('EPERM', 'ENOSYS', 'EIO', 'ENOMEM', 'EOVERFLOW'),
  statx: [
    ...told('EACCES', 'EIO', 'ENOMEM', 'ESTALE'),
    ...quiet('ENOSYS', 'EPERM', 'EINVAL', 'EOPNOTSUPP'),
  ],
  access: told('EACCES', 'EIO', 'ENOMEM', 'ESTALE', 'EPERM', 'ENOSYS'),
  readlink: told('EACCES', 'EIO', 'ENOMEM', 'ESTALE', 'EPERM', 'ENOSYS'),
  realpath: told('EACCES', 'EIO', 'ENOMEM', 'ELOOP'),
  // `mkdir` of folders that are there asks what they are.
  mkdir: OF_PATHS,
  mkdtemp: OF_PATHS,
  rmdir: OF_PATHS,
  rename: OF_PATHS,
  link: OF_PATHS,
  symlink: OF_PATHS,
  unlink: OF_PATHS,
  // What some systems say of a folder: then it is removed as one.
  unlinkat: [...OF_TREES, ...retry('EPERM')],
  chmod: OF_PATHS,
  chown: OF_PATHS,
  lchown: OF_PATHS,
  utimensat: OF_PATHS,
  fchmod: OF_DESCRIPTORS,
  fchown: OF_DESCRIPTORS,
  futimens: OF_DESCRIPTORS,
  ftruncate: [...quiet('EINTR'), ...NO_ROOM],
  fsync: [...quiet('EINTR'), ...told('EIO', 'ENOSPC', 'EINVAL', 'EROFS')],
  fdatasync: [...quiet('EINTR'), ...told('EIO', 'ENOSPC', 'EINVAL', 'EROFS')],
  // Another has it: it is asked for again, but for what waits for nobody.
  flock: [
    ...quiet('EINTR'),
    ...retry('EAGAIN'),
    ...told('ENOLCK', 'EBADF', 'EPERM', 'ENOSYS', 'EINVAL'),
  ],
  fcntl_lock: [
    ...quiet('EINTR'),
    ...retry('EAGAIN', 'EACCES'),
    ...told('ENOLCK', 'EBADF', 'EDEADLK', 'EPERM', 'ENOSYS', 'EINVAL'),
  ],
};
