// A file or a folder that is open to be watched, where the kernel tells of what is open (EVFILT_VNODE
// of kqueue). As long as it is open no other gets its inode: so it is the same one by whichever path
// it is opened again. Each is a handle of its own: its slot's generation keeps what is told of one
// that is closed from another with its number. See kqueue(2).
import { native } from '../../binding/index.js';
import type { HandleLoop } from '../../loop/contract.js';
import { Handle } from '../../loop/handle.js';
import { Interest } from '../../poller/interest.js';
import { Watch as Kind, type Watch, type Watching } from '../source.js';

/** How it is opened; native/poll/vnode.cc has the same numbers. */
export const How = { FOLLOW: 1, ONLY_FOLDERS: 2 } as const;

const FACTS = 5;
const Fact = { DEVICE: 0, INODE: 1, SIZE: 2, LINKS: 3, IS_FOLDER: 4 } as const;
/** Of the one that was asked for last. */
const facts = new BigUint64Array(FACTS);

/** A name in a folder, and what it leads to. */
export interface Place {
  readonly folder: Vnode;
  readonly name: string;
  /** As the folder's list tells it. */
  inode: number;
  readonly isFolder: boolean;
  /** undefined: it is no file and no folder, or is not for this user to open. */
  readonly vnode: Vnode | undefined;
}

/** Whose it is. */
export interface VnodeOwner {
  readonly loop: HandleLoop;
  /** Bits of Ready. */
  happened(vnode: Vnode, changes: number): void;
  failWith(error: Error): void;
}

/** An opening: the descriptor, and what is open there; or -errno alone. */
export interface Opening {
  readonly fd: number;
  /** The same for the same thing. */
  readonly key: string;
}

/** @param at the descriptor of a folder, -1: none */
export function openPath(at: number, path: string, how: number): Opening {
  const fd = native.openVnode(at, Buffer.from(path, 'latin1'), how, facts);
  return { fd, key: fd < 0 ? '' : `${facts[Fact.DEVICE]}:${facts[Fact.INODE]}` };
}

export class Vnode extends Handle {
  readonly number: number;
  readonly key: string;
  readonly isFolder: boolean;
  readonly #owner: VnodeOwner;
  #size: bigint;
  /** Who watches it, and as what. */
  readonly watching = new Map<Watching, Watch>();
  /** Names of listed folders that lead to it. */
  readonly places = new Set<Place>();
  /** How many have it in hand and did not put it to a place yet. */
  holds = 0;
  /** Of a folder, what is in it, once it was listed. */
  names: Map<string, Place> | undefined;
  /** Of one that was not listed yet: the names that are no news. */
  before: ReadonlySet<string> | undefined;
  /** Names in it that were not believed yet, and the number of what they lead to. */
  doubts: Map<string, number> | undefined;
  /** How often it was forgotten what is in it. */
  round = 0;
  /** It could not be listed: perhaps later. */
  isUnread = false;
  /** Of a rename whose other half may come; 0: none. */
  cookie = 0;
  /** Its last name is gone, as far as was told. */
  isDeleted = false;

  /** Of what `openPath` has just opened. @throws SystemError */
  constructor(owner: VnodeOwner, number: number, { fd, key }: Opening) {
    super(owner.loop);
    this.#owner = owner;
    this.number = number;
    this.key = key;
    this.isFolder = facts[Fact.IS_FOLDER] === 1n;
    this.#size = facts[Fact.SIZE] as bigint;
    this.unref();
    this.startOwning(fd, Interest.VNODE | Interest.EDGE);
  }

  override get kind(): string {
    return 'Vnode';
  }

  /** Whether somebody wants to know what is in it. */
  get isListed(): boolean {
    for (const what of this.watching.values()) if (hasNames(what)) return true;
    return false;
  }

  /** Nobody needs it. */
  get isIdle(): boolean {
    return this.watching.size + this.places.size + this.holds + this.cookie === 0;
  }

  /** Whether it is longer or shorter than when that was asked last: a cut tells of attributes alone. */
  hasNewSize(): boolean {
    if (this.isFolder || native.vnodeFacts(this.handleFd, facts) < 0) return false;
    const before = this.#size;
    this.#size = facts[Fact.SIZE] as bigint;
    return this.#size !== before;
  }

  /** Whether a name may lead to it somewhere. */
  get isSomewhere(): boolean {
    if (this.isDeleted || !this.active) return false;
    return native.vnodeFacts(this.handleFd, facts) === 0 && facts[Fact.LINKS] !== 0n;
  }

  /** Tells those who watch what is in it. */
  tellNamed(mask: number, cookie: number, name: string): void {
    for (const [watching, what] of [...this.watching]) {
      if (hasNames(what)) watching.noticed(mask, cookie, name);
    }
  }

  /** Tells all who watch it of itself. */
  tellSelf(mask: number): void {
    for (const watching of [...this.watching.keys()]) watching.noticed(mask, 0, '');
  }

  onReady(changes: number): void {
    this.#owner.happened(this, changes);
  }

  /** Its descriptor was closed by others: nothing that is told can be relied on. */
  override onFailed(error: Error): void {
    this.#owner.failWith(error);
  }

  close(): void {
    this.beginClose();
  }

  onClosed(): void {
    this.closeOwned();
  }
}

function hasNames(what: Watch): boolean {
  return what === Kind.ROOT || what === Kind.FOLDER;
}
