// The load that rawloop demo and compare put on a server: connections with one message each on
// the way, on an EventLoop that owns its thread. Every byte that comes back is
// compared with the one that was sent at that position of that connection.
import { createHistogram } from 'node:perf_hooks';

import type { EventLoop } from '../../faces/event-loop.js';
import type { StreamHandlers } from '../../net/handlers.js';
import type { Socket } from '../../net/socket.js';
import { constant } from '../../raw/constants.js';
import { type Answer, MESSAGE_BYTES } from './protocol.js';

/**
 * A prime, and no multiple of the message: every message of a connection starts
 * elsewhere in the pattern than the last 4,092 did.
 */
const PATTERN_BYTES = 4093;
/** Where the next connection starts; without a common factor, all 4,093 differ. */
const CONNECTION_STRIDE = 1597;
/** Fewer than any listen queue holds: a lost SYN would wait a second. */
const MAX_CONNECTING = 64;
const NS_PER_MS = 1e6;
/**
 * From one address to one server: Linux takes ports of one parity first, and looks
 * through all 14,000 of those again for each connection more, in milliseconds.
 */
export const CONNECTIONS_PER_ADDRESS = 10_000;

const SOL_SOCKET = constant('SOL_SOCKET');
const SO_LINGER = constant('SO_LINGER');
/** See socket(7): on, for no time at all. */
const NO_LINGER = new Uint8Array(new Int32Array([1, 0]).buffer);

/** A connection: where it is in the pattern, and its message on the way. */
class Flow {
  /** Where the message on the way starts in the pattern. */
  at: number;
  received = 0;
  sentMs = 0;

  constructor(index: number) {
    this.at = (index * CONNECTION_STRIDE) % PATTERN_BYTES;
  }
}

/** Pseudo-random, the same each time (xorshift32): a shifted byte is a wrong one. */
function makePattern(): Uint8Array {
  const pattern = new Uint8Array(PATTERN_BYTES + MESSAGE_BYTES);
  let state = 0x9e3779b9;
  for (let i = 0; i < PATTERN_BYTES; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    pattern[i] = state & 0xff;
  }
  pattern.copyWithin(PATTERN_BYTES, 0, MESSAGE_BYTES);
  return pattern;
}

/** On Linux every address of 127.0.0.0/8 is this machine. */
function sourceOf(index: number): { localAddress?: string } {
  const block = Math.floor(index / CONNECTIONS_PER_ADDRESS);
  if (block === 0 || process.platform !== 'linux') return {};
  return { localAddress: `127.0.0.${1 + block}` };
}

export class Load {
  readonly #loop: EventLoop;
  readonly #port: number;
  readonly #fail: (message: string) => void;
  readonly #pattern = makePattern();
  readonly #messages: Uint8Array[];
  readonly #sockets: Socket[] = [];
  readonly #roundTrips = createHistogram({ lowest: 1, highest: 1e11, figures: 3 });
  #opened = 0;
  #wanted = 0;
  #onTheWay = 0;
  #windowStartMs = 0;
  #windowEndMs = 0;
  /** Messages without which the window stays open: one for each connection. */
  #missing = 0;
  #windowsMs = 0;
  #allMessages = 0;
  #openMs = 0;
  #whenQuiet: () => void = () => {};

  /** @param fail told, once, what went wrong: a wrong byte or a lost connection */
  constructor(loop: EventLoop, port: number, fail: (message: string) => void) {
    this.#loop = loop;
    this.#port = port;
    this.#fail = fail;
    this.#messages = Array.from({ length: PATTERN_BYTES }, (_, at) =>
      this.#pattern.subarray(at, at + MESSAGE_BYTES),
    );
  }

  /**
   * Opens or closes connections until `count` are there, and starts the figures
   * afresh. A new connection counts once it has echoed a message.
   */
  setConnections(count: number, done: (figures: Answer) => void): void {
    this.#roundTrips.reset();
    this.#windowsMs = 0;
    this.#allMessages = 0;
    // No window: new ones send their first message and no other.
    this.#windowEndMs = 0;
    this.#missing = 0;
    this.#wanted = count;
    for (const socket of this.#sockets.splice(count)) {
      // A reset: else the port rests for a minute, and thousands of them run out.
      socket.setOption(SOL_SOCKET, SO_LINGER, NO_LINGER).destroy();
    }
    this.#opened = this.#sockets.length;
    this.#onTheWay = count - this.#opened;
    const startMs = performance.now();
    this.#whenQuiet = () => {
      this.#openMs = performance.now() - startMs;
      done(this.#figures());
    };
    if (this.#onTheWay === 0) this.#whenQuiet();
    else for (let i = 0; i < MAX_CONNECTING; i++) this.#connectNext();
  }

  /**
   * Keeps a message on the way on every connection for `rampMs`, which are not
   * measured, and `windowMs`, which are; then waits until all are back. A server so
   * slow that it answers fewer messages than there are connections gets more time.
   */
  run(rampMs: number, windowMs: number, done: (figures: Answer) => void): void {
    this.#windowStartMs = performance.now() + rampMs;
    this.#windowEndMs = this.#windowStartMs + windowMs;
    this.#missing = this.#onTheWay = this.#sockets.length;
    this.#whenQuiet = () => {
      this.#windowsMs += this.#windowEndMs - this.#windowStartMs;
      done(this.#figures());
    };
    for (const socket of this.#sockets) this.#send(socket, performance.now());
  }

  #figures(): Answer {
    const us = (percentile: number) => this.#roundTrips.percentile(percentile) / 1000;
    return {
      messages: this.#roundTrips.count,
      windowMs: this.#windowsMs,
      p50Us: us(50),
      p99Us: us(99),
      allMessages: this.#allMessages,
      openMs: this.#openMs,
    };
  }

  #connectNext(): void {
    if (this.#sockets.length >= this.#wanted) return;
    const index = this.#sockets.length;
    const socket = this.#loop.connect({ port: this.#port, ...sourceOf(index) }, this.#handlers);
    socket.data = new Flow(index);
    this.#sockets.push(socket);
  }

  #send(socket: Socket, nowMs: number): void {
    const flow = socket.data as Flow;
    flow.received = 0;
    flow.sentMs = nowMs;
    socket.write(this.#messages[flow.at] as Uint8Array);
  }

  readonly #handlers: StreamHandlers = {
    open: (socket) => this.#send(socket, performance.now()),
    data: (socket, chunk) => this.#received(socket, chunk),
    end: (socket) => this.#lost(socket, 'the server closed it'),
    close: (socket, error) => this.#lost(socket, error?.message ?? 'it was closed'),
  };

  #received(socket: Socket, chunk: Uint8Array): void {
    const flow = socket.data as Flow;
    const problem = this.#check(flow, chunk);
    if (problem !== undefined) {
      this.#fail(`connection ${this.#sockets.indexOf(socket)}: ${problem}`);
      return;
    }
    flow.received += chunk.length;
    if (flow.received < MESSAGE_BYTES) return;
    const nowMs = performance.now();
    flow.at = (flow.at + MESSAGE_BYTES) % PATTERN_BYTES;
    if (this.#opened < this.#wanted) {
      this.#opened++;
      this.#connectNext();
    } else {
      this.#allMessages++;
    }
    if (nowMs < this.#windowEndMs || this.#missing > 0) {
      if (nowMs >= this.#windowStartMs) this.#count(nowMs, nowMs - flow.sentMs);
      this.#send(socket, nowMs);
      return;
    }
    if (--this.#onTheWay === 0) this.#whenQuiet();
  }

  #count(nowMs: number, roundTripMs: number): void {
    this.#roundTrips.record(Math.max(1, Math.round(roundTripMs * NS_PER_MS)));
    this.#missing--;
    if (nowMs > this.#windowEndMs) this.#windowEndMs = nowMs;
  }

  /** What is wrong with these bytes, if anything. */
  #check(flow: Flow, chunk: Uint8Array): string | undefined {
    if (flow.received + chunk.length > MESSAGE_BYTES) return 'more came back than was sent';
    const from = flow.at + flow.received;
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] === this.#pattern[from + i]) continue;
      const place = `byte ${flow.received + i} of a message`;
      return `${place} came back as ${chunk[i]}, ${this.#pattern[from + i]} was sent`;
    }
    return undefined;
  }

  #lost(socket: Socket, why: string): void {
    const index = this.#sockets.indexOf(socket);
    // Those that we closed ourselves are in the list no more.
    if (index >= 0) this.#fail(`connection ${index} of ${this.#wanted} was lost: ${why}`);
  }
}
