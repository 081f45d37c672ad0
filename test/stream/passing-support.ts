// What the tests of passed descriptors share: two streams over a pair of Unix sockets, and
// what one can see of a descriptor that went through them.
import type { DescriptorHandlers, DescriptorStream } from '../../lib/descriptor/stream.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { StreamOptions } from '../../lib/stream/handlers.js';
import { put, take } from '../support/bytes.js';
import type { Opened } from '../support/descriptors.js';

export const TYPES: ['stream' | 'seqpacket', number][] = [
  ['stream', constant('SOCK_STREAM')],
  // macOS has none.
  ...(process.platform === 'darwin'
    ? []
    : ([['seqpacket', constant('SOCK_SEQPACKET')]] as ['seqpacket', number][])),
];

/** Both ends of a pair of sockets, as streams. */
export function streams(
  loop: EventLoop,
  opened: Opened,
  type: number,
  receiving: DescriptorHandlers,
  sending: DescriptorHandlers = {},
  options: Omit<StreamOptions, 'noDelay'> = {},
): { sender: DescriptorStream; receiver: DescriptorStream } {
  const [ours, its] = opened.pair(type);
  const receiver = loop.stream(its, {}, receiving);
  return { sender: loop.stream(ours, options, sending), receiver };
}

/** Whether what is written into `writer` comes out of `reader`; both are closed. */
export function leadsTo(writer: number, reader: number): boolean {
  put(writer, 'through');
  const came = take(reader);
  raw.close(writer);
  raw.close(reader);
  return came === 'through';
}
