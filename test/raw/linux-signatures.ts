// The rows of signatures.ts of what Linux alone has for events.
import * as raw from '../../lib/raw/index.js';
import type { Opened } from '../support/descriptors.js';
import {
  type Call,
  fd,
  int,
  isAbsent,
  isInteger,
  optional,
  type Parameter,
  SAFE,
} from './parameters.js';

const NEVER_OPEN = 2 ** 31 - 1;

/** Descriptors of what Linux alone has. */
function linuxEvents(opened: Opened): Record<'inotify' | 'timer', number> {
  if (!raw.supported.inotify_init1) return { inotify: NEVER_OPEN, timer: NEVER_OPEN };
  return {
    inotify: opened.keep(raw.inotify_init1(), 'inotify_init1'),
    timer: opened.keep(raw.timerfd_create(1), 'timerfd_create'),
  };
}

export function linuxSignatures(opened: Opened): Record<string, [Call, Parameter[]]> {
  const { inotify, timer } = linuxEvents(opened);
  const times: Parameter = { name: 'times', good: new BigInt64Array(4), takes: () => false };
  const flags = optional(int('flags', 0));
  return {
    inotify_init1: [raw.inotify_init1 as Call, [flags]],
    inotify_add_watch: [
      raw.inotify_add_watch as Call,
      [
        fd(inotify),
        { name: 'pathname', good: '/', takes: (value) => typeof value === 'string' },
        { name: 'mask', good: 0x100, takes: isInteger(-(2 ** 31), 2 ** 32 - 1) },
      ],
    ],
    inotify_rm_watch: [raw.inotify_rm_watch as Call, [fd(inotify), int('wd', 7)]],
    timerfd_create: [raw.timerfd_create as Call, [int('clockid', 1), flags]],
    timerfd_settime: [
      raw.timerfd_settime as Call,
      [fd(timer), int('flags', 0), { ...times, name: 'new_value' }, optional(times)],
    ],
    timerfd_gettime: [raw.timerfd_gettime as Call, [fd(timer), times]],
    signalfd: [
      raw.signalfd as Call,
      [
        { name: 'fd', good: -1, takes: isInteger(-1, 2 ** 31 - 1) },
        { name: 'mask', good: new Uint32Array(2), takes: () => false },
        flags,
      ],
    ],
    fanotify_init: [
      raw.fanotify_init as Call,
      [
        { name: 'flags', good: 0x200, takes: isInteger(0, 2 ** 32 - 1) },
        optional({ name: 'event_f_flags', good: 0, takes: isInteger(0, 2 ** 32 - 1) }),
      ],
    ],
    fanotify_mark: [
      raw.fanotify_mark as Call,
      [
        fd(NEVER_OPEN),
        { name: 'flags', good: 1, takes: isInteger(0, 2 ** 32 - 1) },
        { name: 'mask', good: 2, takes: SAFE },
        int('dirfd', -100),
        {
          name: 'pathname',
          good: null,
          takes: (value) => isAbsent(value) || typeof value === 'string',
        },
      ],
    ],
  };
}
