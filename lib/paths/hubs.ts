// The hub of each loop, of the kind that its poller and its system have.
import type { HandleLoop } from '../loop/contract.js';
import { constants } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import type { PathHub } from './hub.js';
import { InotifyHub, type ReadFolder } from './inotify-hub.js';
import { VnodeHub } from './vnodes/hub.js';
import type { FolderLists } from './vnodes/listings.js';

/** How folders are listed: by the pool. */
export interface Lists {
  readonly read: ReadFolder;
  readonly lists: FolderLists;
}

const hubs = new WeakMap<HandleLoop, PathHub>();

/**
 * The one of `loop`, opened if need be.
 *
 * @throws SystemError; Error ERR_LOOP_CLOSED, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
export function hubOf(loop: HandleLoop, lists: Lists): PathHub {
  let hub = hubs.get(loop);
  if (hub?.active !== true) {
    hub = open(loop, lists);
    hubs.set(loop, hub);
  }
  return hub;
}

function open(loop: HandleLoop, { read, lists }: Lists): PathHub {
  if (loop.poller.supports.vnodes) return new VnodeHub(loop, lists);
  if (constants['IN_CREATE'] !== undefined) return new InotifyHub(loop, read);
  const message = 'watchPath: neither inotify nor a kqueue is here; see docs/paths.md';
  throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
}
