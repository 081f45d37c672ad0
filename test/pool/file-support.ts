// What tests of files as streams, and of files that are sent, share.
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

/** All that it reads. */
export async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Two streams that are joined, the first of which holds little. */
export function pairOf(loop: EventLoop): [DescriptorStream, DescriptorStream] {
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  const fds = raw.check(raw.socketpair(constant('AF_UNIX'), type), 'socketpair');
  raw.setsockopt(fds[0], constant('SOL_SOCKET'), constant('SO_SNDBUF'), 32_768);
  return [loop.stream(fds[0]), loop.stream(fds[1])];
}
