// loop.stdin, stdout and stderr: streams for whatever the descriptors 0, 1 and 2 are. Each is over
// a descriptor of its own, a duplicate: 0, 1 and 2 stay as they are, open, inherited by children,
// and with the flags that the shell knows; see descriptor/description.ts for how a duplicate does
// not block all the same. Only the half that has the name is used, so that a socket which is both
// stdin and stdout is shut down by neither. See stdin(3), dup(2).
import { native } from '../binding/index.js';
import { type Kind, kindOf } from '../descriptor/kind.js';
import { DescriptorStream, takeOver } from '../descriptor/stream.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import type { FileReadStream } from '../pool/fs/stream/read-stream.js';
import type { FileWriter } from '../pool/fs/writer.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { HELD, REF_WHILE_READING } from '../stream/flags.js';
import { NO_HANDLERS } from '../stream/handlers.js';
import { streamSettings } from '../stream/options.js';
import type { Stream } from '../stream/stream.js';
import { sendAtExit } from './exit.js';
import { FileQueue } from './file-queue.js';
import { OutputFile } from './output-file.js';
import { TtyStream } from './tty.js';

/** What `loop.stdin` is: a TtyStream, another stream over a descriptor, or a file. */
export type StandardInput = TtyStream | DescriptorStream | FileReadStream;
/** What `loop.stdout` and `loop.stderr` are: a TtyStream, another stream, or a file. */
export type StandardOutput = TtyStream | DescriptorStream | OutputFile;

const EBADF = constant('EBADF');
const F_GETFL = constant('F_GETFL');
const O_ACCMODE = constant('O_ACCMODE');
const O_RDONLY = constant('O_RDONLY');
const O_WRONLY = constant('O_WRONLY');
const F_DUPFD_CLOEXEC = constant('F_DUPFD_CLOEXEC');

/** By loop and descriptor. */
const known = new WeakMap<HandleLoop, Map<number, Stream>>();

function once<T extends Stream>(loop: HandleLoop, fd: number, make: () => T): T {
  let streams = known.get(loop);
  if (streams === undefined) {
    streams = new Map();
    known.set(loop, streams);
  }
  const made = (streams.get(fd) as T | undefined) ?? make();
  streams.set(fd, made);
  return made;
}

/** Calls `use` with a duplicate of `fd`, which is closed again if that throws. */
function withDuplicate<T>(loop: HandleLoop, fd: number, use: (own: number) => T): T {
  if (loop.closed) throw loopClosed();
  const own = check(native.fcntl(fd, F_DUPFD_CLOEXEC, 3), 'fcntl');
  try {
    return use(own);
  } catch (error) {
    native.close(own);
    throw error;
  }
}

/** The stream over `fd`, or undefined: it is a file, or as a file never waited for. */
function streamOver(
  loop: HandleLoop,
  fd: number,
  halves: Pick<Kind, 'readable' | 'writable'>,
  flags: number,
): DescriptorStream | undefined {
  const found = native.fileKind(fd);
  if (found === 'file') return undefined;
  const kind = { ...kindOf(fd), ...halves };
  const Class = found === 'terminal' ? TtyStream : DescriptorStream;
  const settings = streamSettings({});
  try {
    return takeOver({ loop, fd, kind, settings, handlers: NO_HANDLERS, Class, flags });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (found === 'device' && code === 'EPERM') return undefined;
    throw error;
  }
}

/** @param openFile reads a file by a descriptor that it takes over */
export function stdin(loop: HandleLoop, openFile: (fd: number) => FileReadStream): StandardInput {
  const flags = HELD | REF_WHILE_READING;
  return once(loop, 0, () =>
    withDuplicate(loop, 0, (fd) => {
      checkAccess(fd, 'read');
      const made = streamOver(loop, fd, { readable: true, writable: false }, flags);
      const stream = made ?? openFile(fd);
      stream.flags |= flags;
      stream.unref();
      return stream;
    }),
  );
}

/** The queue of the file behind `fd`: that of the other output, where it is the same. */
function queueOf(loop: HandleLoop, fd: number, makeWriter: () => FileWriter): FileQueue {
  for (const other of known.get(loop)?.values() ?? []) {
    if (!(other instanceof OutputFile) || !other.active) continue;
    if (native.isSameFile(fd, other.handleFd) === 1) return other.file;
  }
  return new FileQueue(makeWriter());
}

/**
 * @param fd 1 or 2
 * @param makeWriter what writes files
 */
export function output(loop: HandleLoop, fd: number, makeWriter: () => FileWriter): StandardOutput {
  return once(loop, fd, () =>
    withDuplicate(loop, fd, (own) => {
      checkAccess(own, 'write');
      const made = streamOver(loop, own, { readable: false, writable: true }, 0);
      const stream = made ?? new OutputFile(loop, own, queueOf(loop, own, makeWriter));
      // What is queued holds the loop.
      stream.unref();
      sendAtExit(stream);
      return stream;
    }),
  );
}

/** It was opened for it. @throws SystemError EBADF, as read(2) and write(2) have it */
function checkAccess(fd: number, call: 'read' | 'write'): void {
  const access = check(native.fcntl(fd, F_GETFL), 'fcntl') & O_ACCMODE;
  if (access === (call === 'read' ? O_WRONLY : O_RDONLY)) throw new SystemError(-EBADF, call);
}
