// The alternative to lists by delay: a binary heap of timer objects, each of which
// knows its place, so that any of them can be taken out.

export class TimerHeap {
  heap = [];

  start(callback, ms) {
    const timer = { callback, dueMs: performance.now() + ms, index: this.heap.length };
    this.heap.push(timer);
    this.up(timer);
    return timer;
  }

  clear(timer) {
    const last = this.heap.pop();
    if (last === timer) return;
    last.index = timer.index;
    this.heap[last.index] = last;
    this.up(last);
    this.down(last);
  }

  up(timer) {
    let { index } = timer;
    while (index > 0) {
      const above = this.heap[(index - 1) >> 1];
      if (above.dueMs <= timer.dueMs) break;
      this.heap[index] = above;
      [above.index, index] = [index, above.index];
    }
    this.heap[index] = timer;
    timer.index = index;
  }

  down(timer) {
    let { index } = timer;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= this.heap.length) break;
      if (this.heap[below + 1]?.dueMs < this.heap[below].dueMs) below++;
      const child = this.heap[below];
      if (child.dueMs >= timer.dueMs) break;
      this.heap[index] = child;
      [child.index, index] = [index, child.index];
    }
    this.heap[index] = timer;
    timer.index = index;
  }
}
