// Every function of rawloop/raw: what its arguments are made from, and what becomes of
// its result. A function that is missing here is told of by the fuzzer.
import { isWith } from '../support/without.mjs';
import { eventCalls } from './event-calls.mjs';
import { fileCalls } from './file-calls.mjs';
import { Messages } from './messages.mjs';
import { processCalls } from './process-calls.mjs';
import { terminalCalls } from './terminal-calls.mjs';

/**
 * Name to `{ weight, args(), after?(result, args), isResult(result) }`.
 *
 * @param {import('./arguments.mjs').Arguments} make
 */
export function rawCalls(make) {
  const { world, random, c } = make;
  const messages = new Messages(make);
  const keep = (fd) => world.keep(fd);
  const isPair = (result) => Array.isArray(result) && result.length === 2 && result.every(isCount);
  const isAddress = (result) => typeof result === 'object' && result !== null;
  const flags = (...likely) => make.int(undefined, 0, ...likely);
  const read = () => [make.fd(), make.memory(), ...make.slice()];
  const wait = (timeout) => {
    const max = make.int(1, 2, 16, 1000, 65536);
    const fits = Number.isInteger(max) && max > 0 && max <= 1000 && !random.oneIn(3);
    return [make.epfd(), make.memory(fits ? max * 12 : make.size()), max, timeout];
  };
  const family = () => make.int(c.AF_UNIX, c.AF_INET, c.AF_INET6, 0, 200);
  const type = () =>
    make.int(
      ...[c.SOCK_STREAM, c.SOCK_DGRAM, c.SOCK_SEQPACKET].flatMap((kind) => [
        kind,
        kind | c.SOCK_NONBLOCK,
      ]),
    );
  const protocol = () => make.int(undefined, 0, 0, 6, 17, 262);
  const table = {
    ...eventCalls(make),
    ...fileCalls(make),
    ...processCalls(make),
    ...terminalCalls(make),
    read: { args: read },
    write: { args: read },
    readv: { args: () => [make.fd(), make.buffers()] },
    writev: { args: () => [make.fd(), make.buffers()] },
    close: { args: () => [anyNumberOfFd(make)], after: (result, [fd]) => closed(make, result, fd) },
    adopt: {
      args: () => [
        make.or(
          () => random.pick(world.own),
          () => make.noFd(),
        ),
      ],
    },
    fcntl: {
      args: () => make.fcntl(),
      after: (result, [fd, cmd]) => {
        if (cmd === c.F_DUPFD || cmd === c.F_DUPFD_CLOEXEC) keep(result);
        // Without a third argument it took the flag away.
        if (cmd === c.F_SETFL && result === 0) world.unblock(fd);
      },
    },
    pipe2: {
      args: () => [flags(c.O_NONBLOCK, c.O_DIRECT ?? 0, -1, 0x800000)],
      after: (pair) => world.keepPair(pair),
      isResult: isPair,
    },
    dup: { args: () => [make.fd()], after: keep },
    dup3: {
      args: () => [make.fd(), anyNumberOfFd(make), flags(c.O_CLOEXEC, -1)],
      after: (result, [, newfd]) => replaced(make, result, newfd),
    },
    poll: { args: () => make.pollRecords() },
    socket: { args: () => [family(), type(), protocol()], after: keep },
    socketpair: {
      args: () => [family(), type(), protocol()],
      after: (pair) => world.keepPair(pair),
      isResult: isPair,
    },
    bind: { args: () => [make.fd(), make.address()] },
    listen: { args: () => [make.fd(), make.int(0, 1, 128, -1, 2 ** 31 - 1)] },
    accept4: { args: () => [make.fd(), flags(c.SOCK_NONBLOCK, -1)], after: keep },
    connect: { args: () => [make.fd(), make.address()] },
    shutdown: { args: () => [make.fd(), make.int(0, 1, 2, 3, -1)] },
    getsockname: { args: () => [make.fd()], isResult: isAddress },
    getpeername: { args: () => [make.fd()], isResult: isAddress },
    send: { args: () => [...read(), make.messageFlags()] },
    recv: { args: () => [...read(), make.messageFlags()] },
    sendto: { args: () => [...read(), make.messageFlags(), messages.address()] },
    recvfrom: { args: () => [...read(), make.messageFlags()], isResult: isAddress },
    sendmsg: { args: () => [messages.fd(0), messages.message(), make.messageFlags()] },
    recvmsg: {
      args: () => [messages.fd(1), messages.room(), make.messageFlags()],
      after: (message) => keepPassed(make, message),
      isResult: isMessage,
    },
    sendmmsg: {
      args: () => [messages.fd(0), messages.list(() => messages.message()), make.messageFlags()],
      isResult: (result) => Array.isArray(result) && result.every(isCount),
    },
    recvmmsg: {
      args: () => [messages.fd(1), messages.list(() => messages.room()), make.messageFlags()],
      after: (list) => {
        if (Array.isArray(list)) for (const message of list) keepPassed(make, message);
      },
      isResult: (result) => Array.isArray(result) && result.every(isMessage),
    },
    setsockopt: {
      args: () => [
        make.fd(),
        ...make.option(),
        random.oneIn(2) ? make.memory(random.below(40)) : make.int(0, 1, -1, 65536, 2 ** 31 - 1),
      ],
    },
    getsockopt: {
      args: () => [
        make.fd(),
        ...make.option(),
        ...(random.oneIn(3) ? [] : [make.memory(random.below(300))]),
      ],
      // An option that may be negative is a number like another.
      isResult: (result) => Number.isInteger(result),
    },
    epoll_create1: {
      args: () => [flags(c.EPOLL_CLOEXEC, -1)],
      after: (fd) => world.keep(fd, true),
    },
    epoll_ctl: { args: () => [make.epfd(), make.int(1, 2, 3, 0), make.fd(), ...make.epollEvent()] },
    epoll_wait: { args: () => wait(make.timeout(1)) },
    epoll_pwait2: { args: () => wait(make.timeout(100_000)) },
    eventfd: {
      args: () => [
        make.int(undefined, 0, 1, 2 ** 32 - 1),
        flags(c.EFD_NONBLOCK, c.EFD_SEMAPHORE, -1),
      ],
      after: keep,
    },
    kqueue: { args: () => [] },
    kevent: { args: () => [make.fd(), make.memory(), make.memory(), make.timeout(0)] },
    // Since it is there: gives a descriptor of ours away.
    release: {
      args: () => [
        make.or(
          () => random.pick(world.own),
          () => make.noFd(),
        ),
      ],
      after: (result, [fd]) => {
        if (result === 0) world.native.adopt(fd);
      },
    },
  };
  for (const call of Object.values(table)) call.isResult ??= isCount;
  return table;
}

function isCount(result) {
  return Number.isInteger(result) && result >= 0;
}

function isMessage(result) {
  return isCount(result?.bytes) && Array.isArray(result.ancillary?.fds);
}

/** Descriptors that came along are ours. */
function keepPassed({ world }, message) {
  for (const fd of message?.ancillary?.fds ?? []) world.keep(fd);
  if (message?.ancillary?.pidfd !== undefined) world.keep(message.ancillary.pidfd);
}

/** Any number may be asked for: what is not ours must stay open. */
export function anyNumberOfFd(make) {
  const { world, random } = make;
  return random.weighted([
    [4, () => random.pick(world.own)],
    [1, () => make.noFd()],
    [1, () => random.pick([...world.foreign])],
    [1, () => random.pick([0, 1, 2, ...world.hosts.keys()])],
    [1, () => (random.oneIn(4) && isWith('numbers') ? world.steal() : make.fd())],
  ])();
}

/** What dup3 opened under a number, of which it may have closed ours. */
function replaced(make, result, newfd) {
  const { world } = make;
  if (!(result >= 0)) return;
  if (world.foreign.has(newfd) || world.hosts.has(newfd)) {
    world.foreign.delete(newfd);
    make.report(`dup3 closed what the host had opened as ${newfd}`);
  }
  world.forget(newfd);
  world.keep(result);
}

/** What a close said, of a number that may be anybody's. */
export function closed(make, result, fd) {
  const { world, c } = make;
  if (world.own.includes(fd)) {
    if (result === 0) world.forget(fd);
    return;
  }
  if (world.foreign.has(fd) || world.hosts.has(fd)) {
    if (result === 0) {
      world.foreign.delete(fd);
      make.report(`close(${fd}) closed what the host had opened under that number`);
    }
  } else if (result !== -c.EBADF && result !== -c.EPERM && result !== undefined) {
    make.report(`close(${fd}), which is nobody's, returned ${result}`);
  }
}
