// Whether splice(2) moves a stream's bytes: those of a stream socket or a pipe that does not block.
// Where others share an open file that blocks, the call would. A terminal's end is an error of its
// own, a device's bytes may have bounds, and a record has: those are copied.
import { native } from '../binding/index.js';
import { Transfer } from '../loop/layout.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import type { Stream } from '../stream/stream.js';

const F_GETFL = constant('F_GETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const KINDS: ReadonlySet<number> = new Set([Transfer.SOCKET, Transfer.UNIX, Transfer.FILE]);

/** Whether the bytes of `stream` can stay in the kernel. @throws SystemError */
export function isSpliceable({ handleFd, group }: Stream): boolean {
  const { kind, isSocket } = group.transfer;
  if (!supported.splice || !KINDS.has(kind)) return false;
  if (!isSocket && native.fileKind(handleFd) !== 'pipe') return false;
  return (check(native.fcntl(handleFd, F_GETFL), 'fcntl') & O_NONBLOCK) !== 0;
}
