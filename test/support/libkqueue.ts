// libkqueue, an emulation of kqueue on Linux, by which the kqueue backend is tested
// where there is no such kernel: whether it is what runs here, and in what it is not
// as the kernels are. A test that a deviation touches names it and is skipped there;
// on macOS and the BSDs every test runs.
import { readFileSync } from 'node:fs';
import { supported } from '../../lib/raw/index.js';

/** No kernel has both: this build of the addon is one against libkqueue. */
export const onLibkqueue = supported.epoll_wait && supported.kqueue;

/** Deviation: its symptom, which is the reason why the tests that name it are skipped. */
export const DEVIATIONS = {
  closedStays:
    'a descriptor that is closed without a delete stays registered: no kernel hook tells ' +
    'libkqueue of the close (its BUGS.md), so delete is true and add EEXIST afterwards',
  notPollable:
    'the descriptor of a kqueue is one end of a pipe, by which libkqueue notices its close: ' +
    'it is not readable while events are pending, so that no host can wait for it in ' +
    'guest mode',
  errorTaken:
    'the error of a socket is read with SO_ERROR to be put into fflags, which clears it: ' +
    'a program that asks for SO_ERROR afterwards gets 0',
  errorQueue:
    'what waits in the error queue of a datagram socket, which no kernel with a kqueue has, ' +
    'is an end of it without an error once SO_ERROR was asked for: nobody looks at the queue',
  signalsBlocked:
    'EVFILT_SIGNAL is a signalfd: the signal has to be blocked in every thread of the ' +
    'process, those of Node and V8 included (its BUGS.md), or its disposition is run',
  unknownQueue:
    'a descriptor that is no kqueue is ENOENT instead of EBADF, and so is one that was ' +
    'closed, but only after the thread that frees it has run',
  foreignObjects:
    'objects that only Linux has descriptors of are partly refused (a message queue, EPERM) and ' +
    'partly not told of: no kernel with a kqueue has them',
  closesLate:
    'what belongs to a kqueue is closed by a thread of libkqueue, some time after the close ' +
    'of the kqueue itself: descriptors cannot be counted right after it',
  fewAtOnce: 'kevent finds at most 512 events at once, however long the list',
  attributesBelow:
    'the attributes of what is in a folder are told as those of the folder: its inotify watch is ' +
    'told of both',
  fewVnodes:
    'each EVFILT_VNODE is an inotify instance of its own, of which a user has 128 ' +
    '(fs.inotify.max_user_instances): there is no such limit where it is the kernel that tells',
  edgesLost:
    'of two filters with EV_CLEAR for one descriptor, the events are lost that a short list ' +
    'has no room for: its epoll instance has told them by then',
} as const;

export type Deviation = keyof typeof DEVIATIONS;

/** The backend of a loop that asks for none: 'kqueue' also below a checked poller. */
export const usedBackend = (/epoll|kqueue/.exec(process.env['RAWLOOP_BACKEND'] ?? '')?.[0] ??
  (supported.epoll_wait ? 'epoll' : 'kqueue')) as 'epoll' | 'kqueue';

/** Whether tests of `backend` must be skipped for this deviation. */
export function deviates(backend: string, _deviation: Deviation): boolean {
  return onLibkqueue && backend === 'kqueue';
}

/** Whether many files can be watched by descriptors: above 1,024 instances they can. */
export const hasFewVnodes = deviates(usedBackend, 'fewVnodes') && instances() < 1024;

function instances(): number {
  return Number(readFileSync('/proc/sys/fs/inotify/max_user_instances'));
}
