// EventLoop: the loop with everything that stands on it. The core knows neither handles
// nor requests. Here they come together, a face for each family, each a class above the
// one before: LoopCore, watch.ts, net.ts, process.ts, pool.ts, descriptor.ts, datagram.ts, dns.ts,
// workers.ts, spawn.ts, paths.ts. The order says nothing but that a new one goes on top.
import type { LoopParts } from '../loop/life.js';
import type { LoopOptions } from '../loop/options.js';
import { PathsFace } from './paths.js';

/**
 * A loop: timers, handles and requests of one thread. It blocks the thread (`run`), or lives inside
 * the loop of the host (`attach`).
 */
export class EventLoop extends PathsFace {
  /** @throws TypeError, RangeError for a bad option; SystemError EMFILE, ENFILE, ENOMEM */
  constructor(options?: LoopOptions);
  /** @internal */
  constructor(options?: LoopOptions, parts?: LoopParts);
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(options, parts);
  }
}
