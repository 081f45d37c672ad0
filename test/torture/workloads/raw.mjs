// The calls of rawloop/raw that no other workload makes: each gives -errno, as it is.

export default {
  // Who asks for these himself is told of each refusal: nothing else was to happen.
  rules: {
    flock: [['EINTR', 'quiet'], ...told('EAGAIN', 'ENOLCK', 'EPERM', 'ENOSYS', 'EINVAL', 'EIO')],
    lseek: told('EIO', 'EINVAL', 'ESPIPE', 'EPERM', 'ENOSYS', 'EOVERFLOW'),
    fcntl_lock: [
      ['EINTR', 'quiet'],
      ...told('EAGAIN', 'EACCES', 'EDEADLK', 'ENOLCK', 'EPERM', 'ENOSYS', 'EINVAL'),
    ],
  },
  run(round, loop) {
    const { raw } = round;
    const {
      AF_UNIX,
      AF_INET,
      SOCK_STREAM,
      SOCK_DGRAM,
      SOCK_NONBLOCK,
      F_GETFL,
      F_DUPFD_CLOEXEC,
      LOCK_EX,
      LOCK_NB,
      POLLOUT,
    } = raw.constants;
    const fds = [];
    const unit = round.unit('all calls');
    const tell = (call, errno) => round.tell(new round.rawloop.SystemError(errno, call));
    /** The result, after one more attempt if the first failed. */
    const twice = (call, work) => {
      for (let i = 0; i < 2; i++) {
        const result = work();
        if (typeof result !== 'number' || result >= 0) return result;
        tell(call, result);
      }
      return undefined;
    };
    const keep = (...opened) => fds.push(...opened.filter((fd) => fd !== undefined));
    for (let i = 0; i < 3; i++) {
      const pair = twice('socketpair', () => raw.socketpair(AF_UNIX, SOCK_STREAM, 0)) ?? [];
      keep(...pair);
      if (pair.length === 2) exchange(twice, raw, pair);
      for (const end of pair) twice('getpeername', () => raw.getpeername(end));
      keep(twice('fcntl', () => raw.fcntl(pair[0] ?? 0, F_DUPFD_CLOEXEC, 0)));
      twice('fcntl', () => raw.fcntl(pair[0] ?? 0, F_GETFL));
      twice('flock', () => raw.flock(pair[0] ?? 0, LOCK_EX | LOCK_NB));
      twice('poll', () => raw.poll(Int32Array.of(pair[0] ?? -1, POLLOUT, 0), 1, 0));
      const pipe = twice('pipe2', () => raw.pipe2()) ?? [];
      keep(
        ...pipe,
        twice('fcntl', () => raw.dup(pair[0] ?? 0)),
      );
      if (pipe.length === 2) twice('dup3', () => raw.dup3(pair[0] ?? 0, pipe[1]));
      const datagrams = twice('socketpair', () =>
        raw.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0),
      );
      keep(...(datagrams ?? []));
      if (datagrams !== undefined) sendMessages(twice, raw, datagrams);
      moveInFile(twice, raw, keep);
      keep(twice('eventfd', () => raw.eventfd(0)));
      openEvents(twice, raw, keep);
      openTerminal(twice, raw, keep);
      keep(twice('epoll_create1', () => raw.epoll_create1(0)));
      keep(twice('socket', () => raw.socket(AF_INET, SOCK_STREAM, 0)));
    }
    for (const fd of fds) raw.close(fd);
    loop.setTimeout(() => unit.done(), 1);
    round.whenAllEnded(() => {});
  },
};

function told(...names) {
  return names.map((name) => [name, 'told']);
}

/** What Linux alone has for events. */
function openEvents(twice, raw, keep) {
  const c = raw.constants;
  const inotify = twice('inotify_init1', () => raw.inotify_init1(c.IN_NONBLOCK));
  const watch = (fd) => raw.inotify_add_watch(fd, '/', c.IN_DELETE_SELF);
  const wd = inotify && twice('inotify_add_watch', () => watch(inotify));
  if (wd !== undefined) raw.inotify_rm_watch(inotify, wd);
  const timer = twice('timerfd_create', () => raw.timerfd_create(c.CLOCK_MONOTONIC));
  if (timer !== undefined) {
    twice('timerfd_settime', () => raw.timerfd_settime(timer, 0, new BigInt64Array(4)));
    twice('timerfd_gettime', () => raw.timerfd_gettime(timer, new BigInt64Array(4)));
  }
  keep(
    inotify,
    timer,
    twice('signalfd', () => raw.signalfd(-1, raw.signalMask())),
  );
  const group = twice('fanotify_init', () => raw.fanotify_init(c.FAN_REPORT_FID));
  const mark = () => raw.fanotify_mark(group, c.FAN_MARK_ADD, c.FAN_DELETE_SELF, c.AT_FDCWD, '/');
  if (group !== undefined) twice('fanotify_mark', mark);
  keep(group);
}

/** A pseudoterminal, as POSIX has it. */
function openTerminal(twice, raw, keep) {
  const { O_NOCTTY, O_RDWR } = raw.constants;
  const master = twice('posix_openpt', () => raw.posix_openpt(O_RDWR | O_NOCTTY));
  keep(master);
  if (master === undefined) return;
  twice('grantpt', () => raw.grantpt(master));
  twice('unlockpt', () => raw.unlockpt(master));
  twice('ptsname_r', () => raw.ptsname_r(master));
}

/** Bytes at places of a file, and out of it by a pipe. */
function moveInFile(twice, raw, keep) {
  const file = twice('memfd_create', () => raw.memfd_create('torture'));
  keep(file);
  if (file === undefined) return;
  const bytes = Buffer.from('0123456789');
  const wrote = twice('pwrite', () => raw.pwrite(file, bytes, 0, 10, 5));
  twice('pwritev', () => raw.pwritev(file, [bytes.subarray(0, 5)], 0));
  lockAndSeek(twice, raw, file);
  const into = new Uint8Array(10);
  const got = twice('pread', () => raw.pread(file, into, 0, 10, 5));
  twice('preadv', () => raw.preadv(file, [new Uint8Array(4)], 0));
  if (wrote !== undefined && got !== undefined && Buffer.compare(into, bytes) !== 0) {
    throw new Error(`read '${Buffer.from(into)}' at its place`);
  }
  const [readEnd, writeEnd] = twice('pipe2', () => raw.pipe2(raw.constants.O_NONBLOCK)) ?? [];
  keep(readEnd, writeEnd);
  if (writeEnd === undefined) return;
  twice('sendfile', () => raw.sendfile(writeEnd, file, 0, 5));
  twice('ioctl', () => raw.ioctl(readEnd, raw.constants.FIONREAD, new Int32Array(1)));
  twice('splice', () => raw.splice(file, 5, writeEnd, null, 5));
}

/** A lock on its first bytes, of both kinds, and given back; where it stands; where it is. */
function lockAndSeek(twice, raw, file) {
  const { F_SETLK, F_OFD_SETLK, F_OFD_GETLK, F_WRLCK, F_UNLCK, SEEK_SET } = raw.constants;
  const lock = (type) => BigInt64Array.of(BigInt(type), BigInt(SEEK_SET), 0n, 5n, 0n);
  for (const command of [F_SETLK, F_OFD_SETLK]) {
    twice('fcntl', () => raw.fcntl(file, command, lock(F_WRLCK)));
    twice('fcntl', () => raw.fcntl(file, command, lock(F_UNLCK)));
  }
  twice('fcntl', () => raw.fcntl(file, F_OFD_GETLK, lock(F_WRLCK)));
  const at = twice('lseek', () => raw.lseek(file, 3, SEEK_SET));
  if (at !== undefined && at !== 3) throw new Error(`it stands at ${at}`);
  const fields = new Float64Array(11);
  if (twice('statvfs', () => raw.statvfs('/', fields)) === 0 && !(fields[0] > 0)) {
    throw new Error(`its blocks have ${fields[0]} bytes`);
  }
}

function exchange(twice, raw, [a, b]) {
  const parts = [Buffer.from('ab'), Buffer.from('cde')];
  if (twice('writev', () => raw.writev(a, parts)) === undefined) return;
  const into = [new Uint8Array(3), new Uint8Array(2)];
  const got = twice('readv', () => raw.readv(b, into));
  const text = Buffer.concat(into).toString();
  if (got !== undefined && (got !== 5 || text !== 'abcde')) throw new Error(`read '${text}'`);
}

/** Whatever is refused, no descriptor that came along is left: the round counts them. */
function sendMessages(twice, raw, [a, b]) {
  const buffer = new Uint8Array(8);
  const message = { buffers: [Buffer.from('ab')], ancillary: { fds: [a, b] } };
  const room = { buffers: [buffer], maxFds: 1 };
  const close = ({ ancillary }) => {
    for (const fd of ancillary.fds) raw.close(fd);
  };
  if (twice('sendto', () => raw.sendto(a, buffer, 0, 2)) !== undefined) {
    twice('recvfrom', () => raw.recvfrom(b, buffer));
  }
  if (twice('sendmsg', () => raw.sendmsg(a, message)) !== undefined) {
    const got = twice('recvmsg', () => raw.recvmsg(b, room));
    if (got !== undefined) close(got);
  }
  if (twice('sendmmsg', () => raw.sendmmsg(a, [message, message])) === undefined) return;
  twice('recvmmsg', () => raw.recvmmsg(b, [room, room]))?.forEach(close);
}
