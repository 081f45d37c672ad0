// Where notices come from on macOS and the BSDs: EVFILT_VNODE of the loop's own kqueue, which tells of
// what is open, file by file, and of a folder only that something in it came or went. So each file
// and folder that is watched, and each that is in a watched folder, is open here, and folders are
// listed when they have changed; what that says is told as inotify would. See kqueue(2).
import type { HandleLoop } from '../../loop/contract.js';
import { Ready } from '../../poller/interest.js';
import { constant } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';
import { PathHub } from '../hub.js';
import { type Found, Notice, Watch, type Watching } from '../source.js';
import { Contents, type ContentsOwner } from './contents.js';
import type { FolderLists } from './listings.js';
import { VnodeTable } from './table.js';
import { How, type Vnode, type VnodeOwner } from './vnode.js';

const EMFILE = -constant('EMFILE');
const ENOENT = -constant('ENOENT');
const ENOSPC = -constant('ENOSPC');

export class VnodeHub extends PathHub implements VnodeOwner, ContentsOwner {
  position = 0;
  readonly #table = new VnodeTable(this);
  readonly #contents: Contents;
  /** What was heard while something was to be told: bits of Ready. */
  readonly #heard = new Map<Vnode, number>();
  /** Folders that were moved. */
  readonly #unsure = new Set<Vnode>();

  /** @throws Error ERR_LOOP_CLOSED */
  constructor(loop: HandleLoop, lists: FolderLists) {
    super(loop);
    this.#contents = new Contents(this, this.#table, lists);
    this.start(-1, 0);
  }

  override get kind(): string {
    return 'VnodeHub';
  }

  // ---- what is watched -------------------------------------------------------

  add(path: string, what: Watch, watching: Watching): number {
    const follows = what === Watch.FOLDER ? 0 : How.FOLLOW;
    const how = follows | (what === Watch.FILE ? 0 : How.ONLY_FOLDERS);
    const vnode = this.#table.open(-1, path, how);
    if (typeof vnode === 'number') return vnode;
    // It is watched from now on, and listed in a while.
    if (what === Watch.ROOT) this.#contents.begin(vnode);
    vnode.watching.set(watching, what);
    return vnode.number;
  }

  remove(watch: number, watching: Watching): void {
    const vnode = this.#table.get(watch);
    if (vnode === undefined || !vnode.watching.delete(watching)) return;
    if (!vnode.isListed) this.#contents.forget(vnode);
    this.#table.letGo(vnode);
  }

  sharing(watch: number): Iterable<Watching> {
    return this.#table.get(watch)?.watching.keys() ?? [];
  }

  async list(watch: number, path: string): Promise<Found> {
    const entries = await this.#contents.list(this.#table.get(watch));
    // Between its opening and its registration it may have been moved, which nobody has told.
    if (!this.#table.isAt(watch, path)) throw new SystemError(ENOENT, 'scandir');
    return entries;
  }

  ahead(): number {
    return this.position + this.#contents.left + (this.#heard.size > 0 ? 1 : 0);
  }

  refusal(errno: number, path: string): Error {
    if (errno !== ENOSPC) return new SystemError(errno, 'open', { path });
    const hint =
      'More descriptors than the watched paths of a loop may have, which is half of those of the ' +
      `process (${this.#table.most}; ulimit -n): each file and folder that is watched takes one`;
    return new SystemError(EMFILE, 'open', { path }, hint);
  }

  // ---- what happens ----------------------------------------------------------

  happened(vnode: Vnode, changes: number): void {
    this.#heard.set(vnode, (this.#heard.get(vnode) ?? 0) | changes);
    this.#goOn();
  }

  /** What there is to tell is told first: what is heard meanwhile is kept by vnode, and no queue. */
  get isBusy(): boolean {
    return this.hasNews || !this.active;
  }

  protected override tell(): void {
    super.tell();
    this.#goOn();
  }

  #goOn(): void {
    if (this.isBusy) return;
    if (this.#heard.size > 0) {
      const heard = [...this.#heard];
      this.#heard.clear();
      for (const [vnode, changes] of heard) {
        if (!vnode.active) continue;
        if (vnode.isFolder) this.#folder(vnode, changes);
        else this.#file(vnode, changes);
      }
      this.settled();
    }
    this.#contents.startSome();
  }

  /** One more list was made use of, or all that was heard. */
  settled(): void {
    this.position++;
    if (!this.active) return;
    this.settle();
    if (this.ahead() === this.position) this.#askAgain();
  }

  /** Lists have said where what was moved is now. If they were too early, its path will. */
  #askAgain(): void {
    const unsure = [...this.#unsure];
    this.#unsure.clear();
    for (const folder of unsure) folder.tellSelf(Notice.UNSURE);
  }

  #folder(vnode: Vnode, changes: number): void {
    const isWritten = (changes & (Ready.WRITTEN | Ready.LINKS)) !== 0;
    const isGone = (changes & Ready.DELETED) !== 0;
    // One that could not be read may be readable now. With one that is gone went what was in it.
    const isToRead = isWritten || vnode.isUnread;
    if (isToRead && !isGone && vnode.isListed) this.#contents.request(vnode);
    if (isWritten) vnode.tellSelf(Notice.UNNAMED | Notice.ISDIR);
    if ((changes & (Ready.RENAMED | Ready.DELETED)) !== 0) this.#unsure.add(vnode);
    this.#itself(vnode, changes, changes & Ready.ATTRIBUTES);
  }

  #file(vnode: Vnode, changes: number): void {
    const { WRITTEN, ATTRIBUTES, LINKS } = Ready;
    const isWritten = (changes & WRITTEN) !== 0;
    // Asked in any case, so that it is known the next time.
    if (vnode.hasNewSize() || isWritten) {
      for (const { folder, name } of vnode.places) folder.tellNamed(Notice.MODIFY, 0, name);
      vnode.tellSelf(Notice.MODIFY);
    }
    this.#itself(vnode, changes, changes & (ATTRIBUTES | LINKS));
  }

  /** Attributes, and whether it is where it was. */
  #itself(vnode: Vnode, changes: number, attributes: number): void {
    if ((changes & Ready.DELETED) !== 0) vnode.isDeleted = true;
    const folder = vnode.isFolder ? Notice.ISDIR : 0;
    let mask = 0;
    if ((changes & Ready.DELETED) !== 0) mask |= Notice.DELETE_SELF;
    if ((changes & Ready.RENAMED) !== 0) mask |= Notice.MOVE_SELF;
    if ((changes & Ready.REVOKED) !== 0) mask |= Notice.UNMOUNT;
    if (mask !== 0) vnode.tellSelf(mask | folder);
    if (attributes === 0) return;
    vnode.tellSelf(Notice.ATTRIB | folder);
    // A name that is gone has none: its folder's list will say so.
    if ((changes & (Ready.DELETED | Ready.ATTRIBUTES)) !== Ready.ATTRIBUTES) return;
    for (const place of vnode.places) {
      place.folder.tellNamed(Notice.ATTRIB | folder, 0, place.name);
    }
  }

  // ---- its end ---------------------------------------------------------------

  onReady(): void {}

  close(): void {
    if (!this.beginClose()) return;
    this.#heard.clear();
    this.#unsure.clear();
    this.#table.close();
  }

  onClosed(): void {}

  override describe(): string {
    return 'Paths listed';
  }
}
