// What the tests of relays share: both ways to move bytes, the four ends of two connections of
// which a relay joins the middle ones, and peers that send in pieces and check what comes.
import type { DescriptorHandlers, DescriptorStream } from '../../lib/descriptor/stream.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Way } from '../../lib/relay/joint.js';
import type { RelayOptions } from '../../lib/relay/options.js';
import { Relay, type RelaySide } from '../../lib/relay/relay.js';
import { randomFrom } from '../support/bytes.js';
import type { Opened } from '../support/descriptors.js';
import { DRIVE_MODES, type DriveMode } from '../support/drive.js';

/** Inside the kernel where it can do that; copied, as everywhere else. */
export const WAYS: readonly Way[] = raw.supported.splice ? ['splice', 'copy'] : ['copy'];

/** Every way in both modes, as a table of tests. */
export const CASES: readonly (readonly [way: Way, mode: DriveMode])[] = WAYS.flatMap((way) =>
  DRIVE_MODES.map((mode) => [way, mode] as const),
);

export type PairKind = 'tcp' | 'unix';
export const PAIR_KINDS: readonly PairKind[] = ['tcp', 'unix'];

/** As `relay`, by a way of the test's choice. */
export function joinBy(way: Way, a: RelaySide, b: RelaySide, options: RelayOptions = {}): Relay {
  return new Relay(a, b, options, way);
}

/** near ─ a ═ b ─ far: what a relay joins, and descriptors of their peers. */
export interface Four {
  readonly near: number;
  readonly a: DescriptorStream;
  readonly b: DescriptorStream;
  readonly far: number;
}

export function fourOf(
  loop: EventLoop,
  opened: Opened,
  kind: PairKind,
  handlers: { a?: DescriptorHandlers; b?: DescriptorHandlers } = {},
): Four {
  const pair = () => (kind === 'tcp' ? opened.tcpPair() : opened.pair());
  const [near, ofA] = pair();
  const [ofB, far] = pair();
  const a = loop.stream(ofA, {}, handlers.a);
  const b = loop.stream(ofB, {}, handlers.b);
  return { near, a, b, far };
}

/** What `stream` is sent, and how it ended. */
export class Peer {
  readonly chunks: Buffer[] = [];
  readonly events: string[] = [];
  readonly stream: DescriptorStream;

  /** Takes over `fd`; its own side stays open behind the other's end. */
  constructor(loop: EventLoop, fd: number, also: DescriptorHandlers = {}) {
    this.stream = loop.stream(
      fd,
      { allowHalfOpen: true },
      {
        data: (_stream, chunk) => void this.chunks.push(Buffer.from(chunk)),
        end: () => this.events.push('end'),
        close: (_stream, error) => this.events.push(`close ${codeOf(error)}`.trimEnd()),
        ...also,
      },
    );
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** Sends all of `bytes` in random pieces, with random pauses, then ends. */
  sendAll(bytes: Uint8Array, seed: number): void {
    const random = randomFrom(seed);
    const { loop } = this.stream;
    let at = 0;
    const next = (): void => {
      if (!this.stream.writable) return;
      if (at === bytes.length) {
        this.stream.end();
        return;
      }
      const piece = bytes.subarray(at, at + 1 + random(1 << random(19)));
      at += piece.length;
      const isTaken = this.stream.write(piece);
      if (random(8) === 0) loop.setTimeout(next, random(3));
      else if (isTaken) loop.setImmediate(next);
      else void this.stream.drained.then(next, () => {});
    };
    next();
  }

  /** Reads for a while and then not, by chance, until it has closed. */
  pauseByChance(seed: number): void {
    const random = randomFrom(seed);
    const { stream } = this;
    const turn = (): void => {
      if (!stream.active) return;
      if (stream.paused) stream.resume();
      else if (random(3) === 0) stream.pause();
      stream.loop.setTimeout(turn, random(3));
    };
    turn();
  }
}

/** The code of an error, '' of none. */
export function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? '';
}

/** Closes `fd` with a reset. */
export function resetNow(opened: Opened, fd: number): void {
  const none = new Int32Array([1, 0]);
  raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), none);
  opened.close(fd);
}

/** How a relay ended: '' in order, else the code of its error. */
export function endOf(relay: Relay): Promise<string> {
  return relay.closed.then(() => '', codeOf);
}
