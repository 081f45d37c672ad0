// What the order has to be: the loop as design and documentation tell it, with neither
// time nor descriptors, on one page. A phase runs what waited when it began; between
// two callbacks come the loop's ticks, the host's ticks and microtasks.

const PHASES = [
  'timers',
  'pending',
  'idle',
  'prepare',
  'poll',
  'check',
  'immediates',
  'closing',
] as const;

type QueueName = (typeof PHASES)[number] | 'loop ticks' | 'host ticks' | 'microtasks';

/** Which queue a kind waits in, in the order in which the script schedules them. */
const KINDS: Readonly<Record<string, QueueName>> = {
  closing: 'closing',
  immediate: 'immediates',
  check: 'check',
  watch: 'poll',
  prepare: 'prepare',
  idle: 'idle',
  pending: 'pending',
  interval: 'timers',
  timeout: 'timers',
  promise: 'microtasks',
  microtask: 'microtasks',
  'host tick': 'host ticks',
  tick: 'loop ticks',
};

class Queues {
  readonly #waiting = new Map<QueueName, (() => void)[]>();
  size = 0;

  of(name: QueueName): (() => void)[] {
    const queue = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, queue);
    return queue;
  }

  add(name: QueueName, callback: () => void): void {
    this.size++;
    this.of(name).push(() => {
      this.size--;
      callback();
    });
  }

  /** Runs a queue until it is empty, with what is added meanwhile. */
  empty(name: QueueName): void {
    const queue = this.of(name);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  }

  drain(): void {
    do {
      this.empty('loop ticks');
      do {
        this.empty('host ticks');
        this.empty('microtasks');
      } while (this.of('host ticks').length > 0);
    } while (this.of('loop ticks').length > 0);
  }

  runPhase(name: QueueName): void {
    for (const callback of this.of(name).splice(0)) {
      callback();
      this.drain();
    }
  }
}

/** The log that `logOrder` has to give. */
export function expectedOrder(depth: number): string[] {
  const log: string[] = [];
  const queues = new Queues();
  const schedule = (queue: QueueName, path: string[]) =>
    queues.add(queue, () => {
      if (path.length > 0) log.push(path.join('>'));
      if (path.length === depth) return;
      for (const [kind, inside] of Object.entries(KINDS)) schedule(inside, [...path, kind]);
    });
  schedule('poll', []);
  while (queues.size > 0) for (const phase of PHASES) queues.runPhase(phase);
  return log;
}
