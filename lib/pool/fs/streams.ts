// Files as streams of the loop, and files sent to sockets. What moves the bytes is loaded with the first
// of them: see stream/.
import type { Handle } from '../../loop/handle.js';
import type { Handlers } from '../../stream/handlers.js';
import type { Stream } from '../../stream/stream.js';
import { checked } from './caller.js';
import type { FileDescriptor } from './descriptors.js';
import { FileHandle } from './handle.js';
import { LockRequests } from './locks.js';
import type { Path } from './path.js';
import { streaming } from './seldom.js';
import type {
  FileReadOptions,
  FileWriteOptions,
  ReadStreamOptions,
  WriteStreamOptions,
} from './stream/options.js';
import type { FileReadHandlers, FileReadStream } from './stream/read-stream.js';
import type { SendFileOptions } from './stream/send-file.js';
import type { FileSource, StreamedFile } from './stream/source.js';
import type { FileWriteHandlers, FileWriteStream } from './stream/write-stream.js';

/** What can be sent a file: a stream of the loop, but for files themselves. */
export type FileTarget = Stream;

/** Requests that go on for a while. Use `loop.fs`. */
export abstract class StreamRequests extends LockRequests {
  /**
   * Reads a file as a stream of the loop, with the handlers of all streams, or without any for
   * `for await`: a chunk at a time, while it is read from. What is wrong with the file is told by
   * `close`, as `open` and `read` reject. It ends behind the byte at `end`, or where the file does.
   *
   * @param path undefined with the option `fd`
   *
   * @throws TypeError, RangeError; SystemError for a descriptor that is not to be had (EBADF, EEXIST,
   *   EBUSY, EPERM); Error ERR_LOOP_CLOSED; AbortError
   * @example
   * for await (const chunk of loop.fs.createReadStream('package.json')) process.stdout.write(chunk);
   * @example
   * relay(loop.fs.createReadStream('video.mp4', { start: 1000, end: 1999 }), socket);
   */
  createReadStream<Data = unknown>(
    path: Path | undefined,
    options?: ReadStreamOptions,
    handlers?: FileReadHandlers<Data>,
  ): FileReadStream<Data> {
    const given = handlers as Handlers<Handle> | undefined;
    const stream = streaming().readStream(this.#source, this.work, { path }, options, given);
    return stream as FileReadStream<Data>;
  }

  /**
   * Writes a file as a stream of the loop: `write`, `drain` or `drained`, `end`. It is closed behind
   * the last byte, and then `close` is told, or why not: what was written has the file then, and with
   * `flush` the device.
   *
   * @param path undefined with the option `fd`
   *
   * @throws as `createReadStream`
   * @example
   * const file = loop.fs.createWriteStream('/tmp/copy');
   * file.end('all of it');
   * await file.closed;
   */
  createWriteStream<Data = unknown>(
    path: Path | undefined,
    options?: WriteStreamOptions,
    handlers?: FileWriteHandlers<Data>,
  ): FileWriteStream<Data> {
    const given = handlers as Handlers<Handle> | undefined;
    const stream = streaming().writeStream(this.#source, this.work, { path }, options, given);
    return stream as FileWriteStream<Data>;
  }

  /**
   * Sends a file to a connection, or to a pipe, in its place among what is written there: how many
   * bytes, once the last of them is with the kernel; fewer than `length` where the file ends before.
   * What was written before goes first, what is written behind it waits. Nothing of it is copied by
   * this process where it is large. See sendfile(2).
   *
   * Rejects with the error that ended the connection; with a SystemError of the file (EIO, EISDIR,
   * EMFILE); with an AbortError: then part of it may have gone, and the connection goes on.
   *
   * @param socket stream sockets and pipes; not records, terminals, or one that a relay has
   * @param file may be closed as soon as this returns
   *
   * @example
   * await using file = await loop.fs.open('index.html');
   * socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${(await file.stat()).size}\r\n\r\n`);
   * await loop.fs.sendFile(socket, file);
   */
  sendFile(socket: FileTarget, file: FileDescriptor, options?: SendFileOptions): Promise<number> {
    return checked(() => streaming().sendFile(this.work, socket, file, options));
  }

  /** For FileHandle. @internal */
  readStreamOf(
    file: StreamedFile,
    options?: FileReadOptions,
    handlers?: Handlers<Handle>,
  ): FileReadStream {
    return streaming().readStream(this.#source, this.work, { file }, options, handlers);
  }

  /** For FileHandle. @internal */
  writeStreamOf(
    file: StreamedFile,
    options?: FileWriteOptions,
    handlers?: Handlers<Handle>,
  ): FileWriteStream {
    return streaming().writeStream(this.#source, this.work, { file }, options, handlers);
  }

  get #source(): FileSource {
    return {
      open: (path, flags, mode) => this.open(path, flags, mode),
      adopt: (fd) => this.work.loop.holdings.owner.adopt(fd, () => new FileHandle(this, fd)),
      borrow: (fd) => ({
        fd,
        read: (buffer, options) => this.read(fd, buffer, options),
        write: (bytes, options) => this.write(fd, bytes, options),
        sync: () => this.fsync(fd),
        close: () => Promise.resolve(),
      }),
    };
  }
}
