// What the public loop has for descriptors that were opened elsewhere.
import type {
  DescriptorHandlers,
  DescriptorOptions,
  DescriptorStream,
} from '../descriptor/stream.js';
import * as families from './families.js';
import { PoolFace } from './pool.js';

/** What a loop has for descriptors that were opened elsewhere. Use `EventLoop`. */
export abstract class DescriptorFace extends PoolFace {
  /**
   * Takes over a pipe, FIFO, stream socket, terminal or character device as a stream of
   * bytes: it is owned from here on, and closed with the stream. Others who share the open
   * file, such as a shell its terminal, find it blocking as before: a pipe or terminal that
   * blocks is opened anew under its number, and where that cannot be it is asked by poll(2)
   * before each call. One that can only be read, or only be written, has ended the other way, and
   * so has a terminal without a `data` handler: what is typed stays for others. What throws leaves it as it was.
   * Of 0, 1 and 2 `loop.stdin`, `stdout` and `stderr` take a duplicate; one that is taken over leaves
   * /dev/null behind.
   *
   * @throws TypeError ERR_INVALID_ARG_VALUE for what is no stream of bytes: a regular file
   *   (`node:fs` reads it), a socket of datagrams or one that listens; SystemError EBADF, EEXIST
   *   (waited for already), EPERM (a device that cannot be polled), EBUSY (another loop or
   *   thread owns it); RangeError; Error ERR_LOOP_CLOSED
   * @example
   * loop.stream(fd, {}, { data: (pipe, chunk) => process.stdout.write(chunk.slice()) });
   * @example
   * for await (const chunk of loop.stream(fd)) process.stdout.write(chunk);
   */
  stream<Data = unknown>(
    fd: number,
    options: DescriptorOptions = {},
    handlers?: DescriptorHandlers<Data>,
  ): DescriptorStream<Data> {
    return families.descriptor().stream(this, fd, options, handlers) as DescriptorStream<Data>;
  }
}
