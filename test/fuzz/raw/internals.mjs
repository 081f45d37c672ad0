// The addon's functions behind rawloop/raw, which only our own TypeScript calls: batches
// of streams, wakers, the pool, the thread server. Memory must not be touched on the word
// of a number there either.
import { noInteger, noNumber } from '../support/values.mjs';
import { isWith } from '../support/without.mjs';
import { anyNumberOfFd, closed } from './calls.mjs';
import { datagramMemory, datagramMode } from './datagrams.mjs';

const SLAB = 65536;
const SLOT_WORDS = 4;
const RECORD_WORDS = 8;

/** Memory whose size is exact, so that the first byte behind it is poisoned. */
function words(make, count, fill) {
  const { random } = make;
  return make.or(
    () => {
      const array = new Int32Array(count);
      for (let i = 0; i < count; i++) array[i] = fill(i);
      return array.buffer;
    },
    () => (random.oneIn(2) && isWith('unaligned') ? make.memory(count * 4) : noNumber(random)),
  );
}

function wild(make, sound) {
  const { random } = make;
  if (!random.oneIn(24)) return sound;
  return random.pick([-1, 0, 1, sound + 1, sound * 2, 65536, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)]);
}

function slab(make) {
  const { random } = make;
  // Unlike the other buffers it is not initialised: it is long.
  return make.or(() => new ArrayBuffer(SLAB + random.pick([0, 0, 1, 64, 4096, 70000])));
}

const CONTROL_WORDS = 18;
/** The numbers of descriptors behind the results. */
const PASSED_WORDS = 512;
/** Of a result: bytes, offset, and which descriptors came. */
const RESULT_WORDS = 4;
const READY_WORDS = 3;
const DOUBLES = 2;
const NONE = -1;
const KINDS = { slots: 0, slab: 1, records: 2, out: 3, datagramOut: 7, flows: 8, pipes: 9 };
const ALL_KINDS = 10;
const FLOW_WORDS = 14;
const PIPES_WORDS = 36;

/** Any memory of `count` words: also what can be neither detached nor made smaller. */
function kept(make, count, fill) {
  const { random } = make;
  const size = count * 4;
  const buffer = random.weighted([
    [2, () => new SharedArrayBuffer(size)],
    [1, () => new ArrayBuffer(size, { maxByteLength: size + 4096 })],
    [1, () => undefined],
  ])();
  if (buffer === undefined) return words(make, count, fill);
  const array = new Int32Array(buffer);
  for (let i = 0; i < count; i++) array[i] = fill(i);
  return buffer instanceof ArrayBuffer && random.oneIn(2) ? buffer : array;
}

/** Takes away what native code has been given. */
function takeAway(memory) {
  const buffer = ArrayBuffer.isView(memory) ? memory.buffer : memory;
  // Empty: it was taken away before.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return;
  if (buffer.resizable) buffer.resize(0);
  else structuredClone(buffer, { transfer: [buffer] });
}

function keptMemory(make, kind) {
  const { random, world } = make;
  const slots = random.from(1, 6);
  const bytes = random.pick([0, 1, 64, 300, 4096]);
  switch (kind) {
    case KINDS.slots:
      return kept(make, slots * SLOT_WORDS, (i) =>
        i % SLOT_WORDS === 0
          ? random.oneIn(6)
            ? random.pick([-1, -2, -3, -4])
            : world.fd()
          : i % SLOT_WORDS === 3
            ? random.pick([0, 0, 1, 7, datagramMode(random)])
            : 0,
      );
    case KINDS.flows:
      return kept(make, random.below(4) * FLOW_WORDS, (i) => flowWord(make, i % FLOW_WORDS));
    case KINDS.pipes:
      return kept(make, random.oneIn(4) ? 0 : PIPES_WORDS, (i) => pipesWord(make, i));
    case KINDS.slab:
      return slab(make);
    case KINDS.records:
      return kept(make, random.below(6) * RECORD_WORDS, (i) => {
        const third = Math.floor(bytes / 3);
        return [
          random.oneIn(4) ? -1 : world.fd(),
          wild(make, random.pick([0, third, bytes - third])),
          wild(make, third),
          wild(make, random.oneIn(3) ? Math.floor(i / RECORD_WORDS) + 1 : 0),
          random.pick([0, 0, 1, 7]),
          wild(make, random.below(slots)),
          0,
          0,
        ][i % RECORD_WORDS];
      });
    case KINDS.out:
    case KINDS.datagramOut:
      return kept(make, Math.ceil(bytes / 4), () => 0);
    default:
      return datagramMemory(make, { kept, wild }, bytes)[kind]();
  }
}

/** Of one direction of a relay: descriptors of the world, few bytes, and places that may be wrong. */
function flowWord(make, place) {
  const { random, world } = make;
  if (place < 4) return 0;
  if (place < 6) return world.fd();
  if (place < 8) return wild(make, random.below(2));
  if (place < 10) return random.oneIn(2) ? -1 : world.fd();
  return wild(make, random.pick([0, 0, 1, 4096]));
}

/** Of the pipes of a loop. */
function pipesWord(make, place) {
  const { random, world } = make;
  const head = [random.below(17), 4096, random.pick([0, 1, 65536]), 0];
  return place < head.length ? wild(make, head[place]) : world.fd();
}

/** What the control words say; never that it waits for long. */
function control(make, capacity) {
  const { random, world } = make;
  // Reads all that is ready, or sends all there is.
  const none = [0, 0, 0, 0, 0];
  if (random.oneIn(2)) return [0, 0, 0, -1, 0, 0, capacity, 1, 0, ...none];
  if (random.oneIn(3)) {
    return [random.below(6), 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, random.below(6), 0, 0];
  }
  const poller =
    random.oneIn(4) || world.epolls.length === 0 ? world.fd() : random.pick(world.epolls);
  return [
    wild(make, random.below(6)),
    0,
    random.pick([0, 0, 1, 1, 2, 7]),
    poller,
    wild(make, random.below(4)),
    random.below(2),
    wild(make, random.below(capacity + 1)),
    random.below(2),
    wild(make, 0),
    0,
    0,
    wild(make, random.below(6)),
    0,
    0,
  ];
}

/** A crossing: its memory comes and goes between its calls, detached or not. */
export function crossingCall(make, native) {
  const { random } = make;
  const capacity = random.from(1, 6);
  const passedFrom = CONTROL_WORDS + capacity * (READY_WORDS + RESULT_WORDS);
  const size = passedFrom + PASSED_WORDS;
  const state = kept(make, random.oneIn(10) ? random.below(size) : size, (i) =>
    i < CONTROL_WORDS
      ? 0
      : [random.pick([1, 0x19, 0, -1]), random.below(4), 0][(i - CONTROL_WORDS) % 3],
  );
  const given = random.oneIn(20) ? make.bad() : capacity;
  // Made before: while native code runs, nobody else is to set what prototypes have.
  const steps = Array.from({ length: 16 }, (_, i) => {
    const kind = i < ALL_KINDS ? i : random.below(ALL_KINDS);
    return {
      keeps: i < ALL_KINDS || random.oneIn(2),
      takes: i > 8 && random.oneIn(4),
      kind: i > 9 && random.oneIn(10) ? make.bad() : kind,
      memory: keptMemory(make, kind),
      upsets: random.oneIn(16),
      words: control(make, capacity),
    };
  });
  const act = () => {
    const calls = native.createCrossing(state, given);
    for (const { keeps, kind, memory, takes, upsets, words } of steps) {
      if (keeps) calls.keep(kind, memory);
      if (takes) takeAway(memory);
      if (upsets) make.act();
      const view = viewOf(state);
      view?.fill(0, 0, DOUBLES * 2);
      view?.set(words, DOUBLES * 2);
      const passed = view?.subarray(passedFrom, size).fill(NONE);
      calls.cross();
      keepCame(make, passed);
    }
  };
  return ['createCrossing, keep and cross', [state], act];
}

/** Descriptors that came with messages are ours, whoever is told of their numbers. */
function keepCame({ world, random }, passed) {
  for (const fd of passed ?? []) {
    if (fd === NONE) return;
    if (random.oneIn(2)) world.native.settleReceived(fd);
    world.keep(fd);
  }
}

/** The words of `state`, if it has room for the control words. */
function viewOf(state) {
  if (state instanceof Int32Array) return state.length < CONTROL_WORDS ? undefined : state;
  if (!(state instanceof ArrayBuffer)) return undefined;
  if (state.byteLength < CONTROL_WORDS * 4) return undefined;
  return new Int32Array(state, 0, state.byteLength >> 2);
}

/**
 * Name to `{ args(), after? }`, as in calls.mjs.
 *
 * @param {import('./arguments.mjs').Arguments} make
 */
export function internalCalls(make) {
  const { random, world } = make;
  return {
    createCrossing: { args: () => [make.memory(), make.int(0, 1, 2, 65536, 65537)] },
    fileKind: { args: () => [make.fd()] },
    isSameFile: { args: () => [make.fd(), make.fd()] },
    limitMode: { args: () => [make.fd(), make.int(0, 0o600, 0o777, 0o1000)] },
    lockFolder: {
      args: () => [make.or(() => random.pick(['.', 'none', 'a\0b', 'x'.repeat(5000)]))],
      after: (result) => world.keep(result),
    },
    attachFilter: { args: () => [make.fd(), make.int(26, 51, 1), make.memory()] },
    peerOf: { args: () => [make.fd(), make.memory(12)] },
    settleReceived: { args: () => [anyNumberOfFd(make)] },
    closeReceived: {
      args: () => [anyNumberOfFd(make)],
      after: (result, [fd]) => closed(make, result, fd),
    },
    sendPassing: {
      // Descriptors of the world: what is passed to nobody is closed by the kernel.
      args: () => [
        make.fd(),
        make.memory(),
        words(make, 4, () => world.fd()),
        make.int(0, 1, 2, 4, 5, 253, 254),
      ],
    },
    moveFlow: {
      args: () => [
        words(make, random.pick([0, 35, 36, 36, 36]), (i) => pipesWord(make, i)),
        words(make, random.pick([0, 13, 14, 28]), (i) => flowWord(make, i % FLOW_WORDS)),
        ...[make.int(0, 1, 2), make.int(0, 1, 4096)],
      ],
    },
    sendNow: { args: () => [make.fd(), make.memory()] },
    writeNow: { args: () => [make.fd(), make.memory()] },
    writeFileNow: { args: () => [make.fd(), make.memory()] },
    wake: { args: () => [make.fd(), make.memory(random.pick([0, 1, 3, 4, 8]))] },
  };
}

/** A waker's word that user code has written, and the end of the waker. */
export function guardCall(make, native) {
  const { random } = make;
  const words = new Int32Array(
    make.or(
      () => new SharedArrayBuffer(4),
      () => new ArrayBuffer(4),
    ),
  );
  // A word that says that somebody writes holds a close up for a while: seldom.
  const isBad = random.oneIn(100);
  words[0] = isBad ? random.pick([2, 3, -1, 2 ** 30, random.word()]) : random.below(2);
  const state = make.or(
    () => words,
    () => make.memory(4),
  );
  const act = () => {
    const guard = new native.WakerGuard(state);
    if (random.oneIn(2)) native.wake(2 ** 31 - 1, state);
    guard.retire();
    if (random.oneIn(4)) guard.retire();
  };
  return ['WakerGuard and retire', [state], act];
}

/** It does what its name says with anything: the process ends. */
export const ENDS_PROCESS = new Set(['uncaughtException']);

/** Those that start something are only refused here: `threads` and `public` use them. */
export function refusedCall(make) {
  const { random } = make;
  return Array.from({ length: random.below(4) }, () => noInteger(random));
}
