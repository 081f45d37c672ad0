// Descriptors are closed and opened again inside batches, a million times, and no event
// may reach the wrong handler: `node test/stress/reopen.mjs [--count N] [--mode owned|guest]
// [--seed N] [--slab BYTES] [--json]`. All of some places become readable at once; each that is told
// replaces others whose events have been found already, so that their numbers, and the
// loop's slots, are given out again in the same batch. Duplicates of half of what was
// closed stay open and readable for a while. Status 1 when one was told what is not its own.
// Trap 1, with 2 and 3; test/regressions/stale-event.test.ts has the least of it.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { kinds, Listener } from './lives.mjs';

const require = createRequire(import.meta.url);
const { EventLoop } = require('../../dist/index.cjs');
const raw = require('../../dist/raw.cjs');

const PLACES = 48;
/** Duplicates of what was closed that are open at a time. */
const DUPLICATES = 24;
/** One of so many closes its number before its handle. */
const WRONG_ORDER = 32;
const MAX_FAULTS = 10;
/** Without a call for so long, an event was lost. */
const STUCK_MS = 10_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    mode: { type: 'string', default: 'owned' },
    seed: { type: 'string', default: '1' },
    // 65536 is room for one read, so that streams are read between handlers.
    slab: { type: 'string', default: '262144' },
    json: { type: 'boolean', default: false },
  },
});
const target = Number(values.count);
const names = Object.keys(kinds);
const openDescriptors = () => readdirSync('/proc/self/fd').length;

/** Marsaglia's xorshift: the same seed, the same run. */
let state = Number(values.seed) | 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

class Reopening {
  counts = { reopened: 0, told: 0, overtaken: 0, sameNumber: 0, wrongOrder: 0, duplicates: 0 };
  faults = [];
  #loop;
  #listener = new Listener();
  #places = [];
  #duplicates = [];
  /** Numbers of this batch whose events had been found, and nobody was told of. */
  #overtaken = new Set();
  #lastValue = 0;
  /** Written to, and not told yet. */
  #waiting = 0;
  #isOver = false;
  #watchdog;

  constructor(loop) {
    this.#loop = loop;
    for (let i = 0; i < PLACES; i++) this.#places.push(this.#open());
    let told = 0;
    this.#watchdog = loop.setInterval(() => {
      if (told === this.counts.told) this.#fault(`an event was lost: ${this.#waiting} wait`, true);
      told = this.counts.told;
    }, STUCK_MS);
    loop.setImmediate(() => this.#next());
  }

  /** Makes all of them readable at once. */
  #next() {
    this.#overtaken.clear();
    for (const place of this.#places) {
      if (place.value > 0) continue;
      place.value = ++this.#lastValue;
      place.isRead = false;
      place.life.write(place.value);
      this.#waiting++;
    }
  }

  #open() {
    const place = { life: undefined, value: 0, isRead: false, isOpen: true };
    const kind = names[below(names.length)];
    place.life = kinds[kind](this.#loop, (value) => this.#onTold(place, value), this.#listener);
    if (this.#overtaken.has(place.life.fd)) this.counts.sameNumber++;
    return place;
  }

  #onTold(place, value) {
    if (this.#isOver) return;
    this.counts.told++;
    const { life, isOpen, isRead } = place;
    if (!isOpen) return this.#fault(`a closed ${life.kind} was told of ${value}`);
    if (isRead && life.kind === 'both' && value === undefined) return;
    if (place.value === 0) return this.#fault(`a new ${life.kind} was told of ${value}`);
    if (value !== place.value) {
      return this.#fault(`a ${life.kind} was told of ${value}, and not of ${place.value}`);
    }
    place.value = 0;
    place.isRead = true;
    this.#waiting--;
    this.#reopenSome(place);
    if (this.#waiting > 0) return;
    if (this.counts.reopened < target) this.#loop.setImmediate(() => this.#next());
    else this.#end();
  }

  /** Its own place, or others, most of which have not been told yet. */
  #reopenSome(place) {
    const own = this.#places.indexOf(place);
    if (below(4) === 0) this.#reopen(own);
    for (let left = below(3); left > 0; left--) this.#reopen(below(PLACES));
  }

  #reopen(index) {
    const { life, value } = this.#places[index];
    const inWrongOrder = below(WRONG_ORDER) === 0;
    if (below(2) === 0 || inWrongOrder) this.#duplicate(life.fd);
    if (value > 0) {
      this.#waiting--;
      this.counts.overtaken++;
      this.#overtaken.add(life.fd);
    }
    this.#places[index].isOpen = false;
    life.close(inWrongOrder);
    this.counts.reopened++;
    if (inWrongOrder) this.counts.wrongOrder++;
    this.#places[index] = this.#open();
  }

  /** What is closed next is open by another number still, unread bytes and all. */
  #duplicate(fd) {
    this.counts.duplicates++;
    this.#duplicates.push(raw.check(raw.dup(fd), 'dup'));
    if (this.#duplicates.length <= DUPLICATES) return;
    raw.check(raw.close(this.#duplicates.shift()), 'close');
  }

  #fault(text, isLast = false) {
    this.faults.push(text);
    if (isLast || this.faults.length === MAX_FAULTS) this.#end();
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#loop.clearInterval(this.#watchdog);
    for (const { life } of this.#places) life.close(false);
    for (const fd of this.#duplicates) raw.check(raw.close(fd), 'close');
    this.#listener.close();
  }
}

function report({ counts, faults }, seconds, left) {
  if (left > 0) faults.push(`${left} descriptors were left open`);
  if (values.json) console.log(JSON.stringify({ mode: values.mode, seconds, ...counts, faults }));
  else {
    const text = (count) => count.toLocaleString('en-US');
    console.log(
      `${values.mode}: ${text(counts.reopened)} closed and opened again in ${seconds.toFixed(1)} s, ` +
        `${text(counts.overtaken)} with an event found already, of which ` +
        `${text(counts.sameNumber)} numbers came again in the batch; ` +
        `${text(counts.duplicates)} duplicates, ${text(counts.wrongOrder)} closed in the wrong ` +
        `order; ${text(counts.told)} events, ${faults.length} to the wrong handler`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
  }
  if (faults.length > 0) process.exitCode = 1;
}

const before = openDescriptors();
const loop = new EventLoop({ slabBytes: Number(values.slab) });
if (values.mode === 'guest') loop.attach();
const startMs = performance.now();
const reopening = new Reopening(loop);
const finish = () => {
  loop.close();
  report(reopening, (performance.now() - startMs) / 1000, openDescriptors() - before);
};
if (values.mode === 'guest') {
  const look = () => (loop.alive ? setImmediate(look) : finish());
  look();
} else {
  setImmediate(() => {
    loop.run();
    finish();
  });
}
