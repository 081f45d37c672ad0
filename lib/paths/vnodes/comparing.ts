// What happened in a folder, by what was in it before and what is in it now: kqueue says that
// something has, and not what. Names that came and names that went are one rename where both lead to
// the same vnode. See kqueue(2), "EVFILT_VNODE".
import { Notice } from '../source.js';
import type { Place, Vnode } from './vnode.js';

/** What there is to tell of a name. */
export interface Change {
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

/** Takes names that are to be looked at later out of `found`: the folders to list before that. */
export function doubtful(folder: Vnode, found: Map<string, Place>): Vnode[] {
  const doubts = new Map<string, number>();
  const others: Vnode[] = [];
  for (const [name, { vnode }] of found) {
    if (vnode === undefined || folder.doubts?.get(name) === vnode.number) continue;
    const other = elsewhere(folder, vnode);
    if (other === undefined) continue;
    doubts.set(name, vnode.number);
    others.push(other);
    found.delete(name);
  }
  folder.doubts = doubts.size > 0 ? doubts : undefined;
  return others;
}

/**
 * Another folder in which it was when that was listed last: it has been moved from there, and that is
 * to be told first; or it has one name more.
 */
function elsewhere(folder: Vnode, { places }: Vnode): Vnode | undefined {
  let other: Vnode | undefined;
  for (const place of places) {
    if (place.folder === folder) return undefined;
    other = place.folder;
  }
  return other;
}

/**
 * Brings the names of a folder up to date.
 *
 * @param gone names that lead to what they led to no more
 * @param found names that lead to something else now, or to something at all
 * @param nextCookie gives one that was not there yet
 * @returns what to tell, in this order
 */
export function compare(
  names: Map<string, Place>,
  gone: readonly Place[],
  found: ReadonlyMap<string, Place>,
  nextCookie: () => number,
): Change[] {
  const changes: Change[] = [];
  const tell = (mask: number, { isFolder, name }: Place, cookie = 0) =>
    changes.push({ mask: mask | (isFolder ? Notice.ISDIR : 0), cookie, name });
  const here = new Set<Vnode | undefined>();
  for (const { vnode } of found.values()) here.add(vnode);
  for (const place of gone) {
    names.delete(place.name);
    place.vnode?.places.delete(place);
  }
  // All that went first: what comes may take the name of something that was moved.
  for (const place of gone) {
    const { vnode, name } = place;
    if (vnode !== undefined && isMoved(vnode, here.has(vnode))) {
      vnode.cookie = nextCookie();
      tell(Notice.MOVED_FROM, place, vnode.cookie);
    } else if (!found.has(name)) tell(Notice.DELETE, place);
  }
  const replaced = new Set(gone.map(({ name }) => name));
  for (const place of found.values()) {
    const { vnode, name } = place;
    names.set(name, place);
    if (vnode !== undefined) {
      vnode.places.add(place);
      vnode.isDeleted = false;
    }
    if (vnode !== undefined && vnode.cookie !== 0) {
      tell(Notice.MOVED_TO, place, vnode.cookie);
      vnode.cookie = 0;
    } else tell(replaced.has(name) ? Notice.MOVED_TO : Notice.CREATE, place);
  }
  return changes;
}

/** Whether it went to another name, which is here or may be found elsewhere. */
function isMoved(vnode: Vnode, isHere: boolean): boolean {
  if (vnode.cookie !== 0) return false;
  return isHere || (vnode.places.size === 0 && vnode.isSomewhere);
}
