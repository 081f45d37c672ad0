// What is in folders: each is listed when it is asked for, and when it has changed; what is new in it
// is opened, and then told. So what happens to it once it was told is told as well.
import type { HandleLoop } from '../../loop/contract.js';
import { constant } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';
import { FOLDER_TYPE, type Found, Notice } from '../source.js';
import { compare, doubtful } from './comparing.js';
import { type FolderLists, type Listed, type Listing, Listings } from './listings.js';
import { Moved } from './moved.js';
import type { VnodeTable } from './table.js';
import { How, type Place, type Vnode } from './vnode.js';

/** Files that are opened in one go. */
const SLICE = 256;
const RETRY_MS = 50;
/** DT_REG of <dirent.h>. */
const FILE = 8;

const errnos = (...names: string[]) => new Set(names.map((name) => -constant(name)));
const LATER: ReadonlySet<number> = errnos('ENOMEM', 'EAGAIN', 'EMFILE', 'ENFILE');
const ABSENT: ReadonlySet<number> = errnos('ENOENT', 'ENOTDIR', 'ELOOP');
const ENOENT = -constant('ENOENT');
const ENOSPC = -constant('ENOSPC');
const EAGAIN = -constant('EAGAIN');

/** Who asks for the list of a folder. */
interface Waiting {
  readonly folder: Vnode;
  resolve(found: Found): void;
  reject(error: Error): void;
}

/** Whose they are. */
export interface ContentsOwner {
  readonly loop: HandleLoop;
  /** Nothing is to be begun for now. */
  readonly isBusy: boolean;
  /** One more list was made use of. */
  settled(): void;
}

export class Contents implements Listed {
  readonly #owner: ContentsOwner;
  readonly #table: VnodeTable;
  readonly #lists: FolderLists;
  readonly #listings: Listings;
  readonly #moved: Moved;
  #waiting: Waiting[] = [];

  constructor(owner: ContentsOwner, table: VnodeTable, lists: FolderLists) {
    this.#owner = owner;
    this.#table = table;
    this.#lists = lists;
    this.#listings = new Listings(this, lists);
    this.#moved = new Moved(owner.loop, table, () => this.left > 0);
  }

  /** How many lists are to come. */
  get left(): number {
    return this.#listings.left;
  }

  get isBusy(): boolean {
    return this.#owner.isBusy;
  }

  /** `folder` has changed. */
  request(folder: Vnode): void {
    this.#listings.request(folder);
  }

  startSome(): void {
    this.#listings.startSome();
  }

  /** What comes into `folder` from now on is news. */
  begin(folder: Vnode): void {
    if (folder.names !== undefined || folder.before !== undefined) return;
    const listing = this.#lists.now(folder.handleFd);
    if (typeof listing !== 'number') folder.before = new Set(listing.names);
  }

  /** What is in it now; what is told later is told by what has changed since. */
  list(folder: Vnode | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      if (folder === undefined) {
        reject(new SystemError(ENOENT, 'scandir'));
        return;
      }
      this.#waiting.push({ folder, resolve, reject });
      this.#listings.request(folder);
    });
  }

  /** Nobody wants to know what is in it any more. */
  forget(folder: Vnode): void {
    const { names } = folder;
    folder.names = undefined;
    folder.before = undefined;
    folder.doubts = undefined;
    folder.round++;
    this.#answer(folder, ({ reject }) => reject(new SystemError(ENOENT, 'scandir')));
    if (names === undefined) return;
    for (const place of names.values()) {
      place.vnode?.places.delete(place);
      if (place.vnode !== undefined) this.#table.letGo(place.vnode);
    }
  }

  // ---- what lists say --------------------------------------------------------

  async listed(folder: Vnode, listing: Listing): Promise<void> {
    const { round } = folder;
    const opened: Vnode[] = [];
    try {
      const found = await this.#openNew(folder, listing, opened);
      // Nobody wants to know any more, or somebody does again.
      if (!folder.active || folder.round !== round) {
        if (folder.isListed) this.#listings.request(folder);
      } else if (typeof found === 'number') {
        this.#answer(folder, ({ reject }) => reject(new SystemError(found, 'open')));
        folder.tellNamed(Notice.FULL, 0, '');
      } else this.#compare(folder, listing, found);
    } finally {
      for (const vnode of opened) {
        vnode.holds--;
        this.#table.letGo(vnode);
      }
    }
  }

  /** Opens what is new in a folder: by name, or ENOSPC where no more can be opened. */
  async #openNew(
    folder: Vnode,
    { names, types, inodes }: Listing,
    opened: Vnode[],
  ): Promise<Map<string, Place> | number> {
    const found = new Map<string, Place>();
    let tried = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const inode = inodes[i] as number;
      const isFolder = types[i] === FOLDER_TYPE;
      const known = folder.names?.get(name);
      if (known?.inode === inode && known.isFolder === isFolder) continue;
      const how = isFolder ? How.ONLY_FOLDERS : 0;
      const isOpened = isFolder || types[i] === FILE;
      const vnode = isOpened ? this.#table.open(folder.handleFd, name, how) : undefined;
      if (typeof vnode === 'number') {
        if (vnode === ENOSPC) return ENOSPC;
        if (LATER.has(vnode)) this.#listLater(folder);
        if (LATER.has(vnode) || ABSENT.has(vnode)) continue;
      } else if (vnode !== undefined) {
        vnode.holds++;
        opened.push(vnode);
      }
      const there = typeof vnode === 'number' ? undefined : vnode;
      // The list has the inode of a folder that something is mounted on.
      if (known !== undefined && there !== undefined && known.vnode === there) known.inode = inode;
      else found.set(name, { folder, name, inode, isFolder, vnode: there });
      if (++tried % SLICE !== 0) continue;
      await new Promise<void>((goOn) => this.#owner.loop.defer(goOn));
      if (!folder.active || !folder.isListed) break;
    }
    return found;
  }

  #compare(folder: Vnode, listing: Listing, found: Map<string, Place>): void {
    const isFirst = folder.names === undefined;
    folder.names ??= new Map();
    folder.isUnread = false;
    if (!isFirst) {
      const others = doubtful(folder, found);
      for (const other of others) this.#listings.request(other);
      if (others.length > 0) this.#listings.request(folder);
    }
    const present = new Set(listing.names);
    const isGone = ({ name }: Place) => !present.has(name) || found.has(name);
    const gone = [...folder.names.values()].filter(isGone);
    const changes = compare(folder.names, gone, found, this.#moved.nextCookie);
    for (const { vnode } of gone) {
      if (vnode === undefined) continue;
      if (vnode.cookie !== 0) this.#moved.add(vnode);
      else this.#table.letGo(vnode);
    }
    const { before, names } = folder;
    folder.before = undefined;
    for (const { mask, cookie, name } of changes) {
      if (!isFirst || before?.has(name) === false) folder.tellNamed(mask, cookie, name);
    }
    this.#answer(folder, ({ resolve }) => resolve(foundIn([...(names?.values() ?? [])])));
  }

  unlisted(folder: Vnode, error: Error): void {
    // The pool has no room, or the kernel has not: in a while.
    const { errno = EAGAIN } = error as { errno?: number };
    const isWaited = this.#waiting.some((waiting) => waiting.folder === folder);
    this.#answer(folder, ({ reject }) => reject(new SystemError(errno, 'scandir')));
    if (!LATER.has(errno)) folder.isUnread = true;
    else if (!isWaited) this.#listLater(folder);
  }

  settled(): void {
    this.#owner.settled();
  }

  #listLater(folder: Vnode): void {
    this.#owner.loop.setTimeout(() => this.#listings.request(folder), RETRY_MS).unref();
  }

  /** To those who wait for the list of `folder`. */
  #answer(folder: Vnode, answer: (waiting: Waiting) => void): void {
    const all = this.#waiting;
    this.#waiting = all.filter((waiting) => waiting.folder !== folder);
    for (const waiting of all) if (waiting.folder === folder) answer(waiting);
  }
}

function foundIn(places: readonly Place[]): Found {
  return {
    names: places.map(({ name }) => name),
    types: Uint8Array.from(places, ({ isFolder }) => (isFolder ? FOLDER_TYPE : FILE)),
  };
}
