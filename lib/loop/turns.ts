// The turns under way in this thread, the innermost last. What their callbacks wrote
// is gathered until the batch ends; where that may not come, or comes late, it is sent
// before: as the process exits, and as another loop is about to block. See exit(3).

interface Gathering {
  inTurn: boolean;
  flush(): void;
}

const underWay: Gathering[] = [];

export function beginTurn(loop: Gathering): void {
  underWay.push(loop);
}

export function endTurn(): void {
  underWay.pop();
}

/** Sends what the callbacks under way have written so far. */
export function flushTurns(): void {
  for (const loop of underWay) loop.flush();
}

/** Before `loop` waits: what its callbacks wrote to streams of the loops around it. */
export function flushOuter(loop: Gathering): void {
  if (underWay.length < 2) return;
  for (const other of underWay) if (other !== loop) other.flush();
}

/** The process exits from inside a callback: what exit listeners write goes out at once. */
function flushLast(): void {
  flushTurns();
  for (const loop of underWay) loop.inTurn = false;
}

/**
 * Every copy of this package in the process hangs on one listener: a listener for each
 * would make Node warn of a leak where a test runner loads the package again and again.
 */
const KEY = Symbol.for('rawloop.exit');
type ExitCalls = Set<WeakRef<() => void>>;

let registered = false;

/** From now on what this thread's callbacks wrote is sent as the process exits. */
export function flushAtExit(): void {
  if (registered) return;
  registered = true;
  callAtExit(flushLast);
}

/** `call`, which its module keeps, is called as the process exits. */
export function callAtExit(call: () => void): void {
  const shared = process as unknown as { [KEY]?: ExitCalls };
  let calls = shared[KEY];
  if (calls === undefined) {
    calls = new Set();
    Object.defineProperty(process, KEY, { value: calls });
    process.on('exit', callAll.bind(undefined, calls));
  }
  for (const other of calls) if (other.deref() === undefined) calls.delete(other);
  calls.add(new WeakRef(call));
}

function callAll(calls: ExitCalls): void {
  for (const call of calls) call.deref()?.();
}
