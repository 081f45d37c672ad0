// The bytes of a file, read a chunk at a time while the stream is read from.

import { PAUSED, READING, WRITE_ENDED } from '../../../stream/flags.js';
import type { StreamGroup } from '../../../stream/group.js';
import type { Handlers } from '../../../stream/handlers.js';
import { deliver, readFailed, stash } from '../../../stream/input.js';
import type { FileWork } from '../work.js';
import { FileStream } from './file-stream.js';
import type { ReadSettings } from './options.js';
import type { Origin, StreamedFile } from './source.js';

/** Called by the loop; all are optional. `open` comes once the file is open. */
export interface FileReadHandlers<Data = unknown> extends Handlers<FileReadStream<Data>> {}

/**
 * A file that is read as a stream: what `loop.fs.createReadStream` gives. `Data` is the type of its
 * `data`.
 */
export class FileReadStream<Data = unknown> extends FileStream {
  /** Yours: what belongs to this one stream. Undefined until you set it. */
  declare data: Data;
  readonly #settings: ReadSettings;
  /** Where the next chunk is read from; -1: where the file stands. */
  #position: number;
  #buffer = NOTHING;

  /** @internal Use `loop.fs.createReadStream`. */
  constructor(work: FileWork, group: StreamGroup, origin: Origin, settings: ReadSettings) {
    super(work, group, origin, WRITE_ENDED);
    this.#settings = settings;
    this.#position = settings.start;
  }

  override get kind(): string {
    return 'FileReadStream';
  }

  /** @internal */
  protected override move(file: StreamedFile): void {
    if ((this.flags & READING) === 0) return;
    const { chunkBytes, maxBytes, inline } = this.#settings;
    const length = Math.min(chunkBytes, maxBytes - this.readBytes);
    if (length <= 0) {
      this.isBusy = true;
      this.later(() => readFailed(this, 0));
      return;
    }
    // At first, or when somebody has transferred what he was lent.
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(chunkBytes);
    const position = this.#position;
    const request = file.read(this.#buffer, { length, position, inline });
    this.ask(request, ({ bytesRead }) => this.#arrived(bytesRead));
  }

  #arrived(bytesRead: number): void {
    if (bytesRead === 0) {
      readFailed(this, 0);
      return;
    }
    if (this.#position >= 0) this.#position += bytesRead;
    this.readBytes += bytesRead;
    const chunk = this.#buffer.subarray(0, bytesRead);
    try {
      if ((this.flags & PAUSED) !== 0) stash(this, chunk, undefined);
      else deliver(this, chunk, undefined);
    } finally {
      // Nobody else would begin again: there is no poller.
      this.setInterest();
    }
  }
}

const NOTHING = new Uint8Array(0);
