// The lists of a loop's timers, a heap by when the first of each is due. It goes by a
// lower bound: a list whose first was cleared moves only when it comes to the top.
import { type DelayList, NONE } from './timer.js';

function isBefore(a: DelayList, b: DelayList): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

export class ListHeap {
  #lists: DelayList[] = [];

  get size(): number {
    return this.#lists.length;
  }

  /** The list whose key is the least. */
  get first(): DelayList | undefined {
    return this.#lists[0];
  }

  push(list: DelayList): void {
    const lists = this.#lists;
    list.listed = true;
    let index = lists.length;
    lists.push(list);
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(list, lists[above] as DelayList)) break;
      lists[index] = lists[above] as DelayList;
      index = above;
    }
    lists[index] = list;
  }

  /** The key of the first grew. */
  firstGrew(): void {
    this.#siftDown(0);
  }

  /** Takes the first out. */
  dropFirst(): void {
    const lists = this.#lists;
    (lists[0] as DelayList).listed = false;
    const last = lists.pop() as DelayList;
    if (lists.length === 0) return;
    lists[0] = last;
    this.#siftDown(0);
  }

  /** Takes out every list that has no timer. */
  dropEmpty(): void {
    for (const list of this.#lists) list.listed = list.first !== NONE;
    this.#lists = this.#lists.filter((list) => list.listed);
    for (let index = (this.#lists.length >> 1) - 1; index >= 0; index--) this.#siftDown(index);
  }

  #siftDown(from: number): void {
    const lists = this.#lists;
    const list = lists[from] as DelayList;
    let index = from;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= lists.length) break;
      const other = lists[below + 1];
      if (other !== undefined && isBefore(other, lists[below] as DelayList)) below++;
      if (!isBefore(lists[below] as DelayList, list)) break;
      lists[index] = lists[below] as DelayList;
      index = below;
    }
    lists[index] = list;
  }
}
