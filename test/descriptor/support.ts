// What the tests of loop.stream share: handlers that write down what happens, and the flags
// of a descriptor.
import type { DescriptorHandlers } from '../../lib/descriptor/stream.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

export interface Noted {
  readonly events: string[];
  readonly text: string;
  readonly bytes: Buffer;
  readonly handlers: DescriptorHandlers;
}

export function noting(): Noted {
  const events: string[] = [];
  const chunks: Buffer[] = [];
  return {
    events,
    get text() {
      return Buffer.concat(chunks).toString();
    },
    get bytes() {
      return Buffer.concat(chunks);
    },
    handlers: {
      open: () => void events.push('open'),
      data: (_stream, chunk) => {
        if (events.at(-1) !== 'data') events.push('data');
        chunks.push(Buffer.from(chunk));
      },
      end: () => void events.push('end'),
      close: (_stream, error) => {
        const { code, syscall } = (error ?? {}) as { code?: string; syscall?: string };
        events.push(['close', code, syscall].filter((word) => word !== undefined).join(' '));
      },
    },
  };
}

/** F_GETFL and F_GETFD: what a taker changes. */
export function flagsOf(fd: number): [status: number, descriptor: number] {
  return [raw.fcntl(fd, constant('F_GETFL')), raw.fcntl(fd, constant('F_GETFD'))];
}

export function blocks(fd: number): boolean {
  return (flagsOf(fd)[0] & constant('O_NONBLOCK')) === 0;
}
