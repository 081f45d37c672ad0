// Bytes for a file: what `write` takes is queued, and written by one request behind the other, each
// with all that has come meanwhile and lies together.

import { READ_ENDED } from '../../../stream/flags.js';
import type { StreamGroup } from '../../../stream/group.js';
import type { Handlers } from '../../../stream/handlers.js';
import type { Outgoing } from '../../../stream/queue.js';
import { wentOut } from '../../../stream/sending.js';
import type { FileWork } from '../work.js';
import { FileStream } from './file-stream.js';
import type { WriteSettings } from './options.js';
import type { Origin, StreamedFile } from './source.js';

/** Called by the loop; all are optional. `open` comes once the file is open. */
export interface FileWriteHandlers<Data = unknown> extends Handlers<FileWriteStream<Data>> {}

/**
 * A file that is written as a stream: what `loop.fs.createWriteStream` gives. `Data` is the type of
 * its `data`.
 */
export class FileWriteStream<Data = unknown> extends FileStream {
  /** Yours: what belongs to this one stream. Undefined until you set it. */
  declare data: Data;
  readonly #flush: boolean;
  /** Where the next bytes are written; -1: where the file stands. */
  #position: number;

  /** @internal Use `loop.fs.createWriteStream`. */
  constructor(work: FileWork, group: StreamGroup, origin: Origin, settings: WriteSettings) {
    super(work, group, origin, READ_ENDED);
    this.#flush = settings.flush;
    this.#position = settings.start;
  }

  override get kind(): string {
    return 'FileWriteStream';
  }

  /** @internal */
  protected override move(file: StreamedFile): void {
    const bytes = this.queue?.first();
    if (bytes === undefined) return;
    // Copied in the call.
    const request = file.write(bytes, { position: this.#position });
    this.ask(request, ({ bytesWritten }) => this.#written(bytesWritten));
  }

  #written(bytes: number): void {
    if (this.#position >= 0) this.#position += bytes;
    const queue = this.queue as Outgoing;
    wentOut(this, queue, bytes);
    if (queue.weight > 0) this.setInterest();
    else this.sendQueued();
  }

  /** @internal Who is writing makes room. */
  override sendSome(): boolean {
    return this.isBusy || !this.active;
  }

  /** @internal */
  protected override async conclude(file: StreamedFile): Promise<void> {
    try {
      if (this.#flush && this.error === undefined) await file.sync();
    } finally {
      await super.conclude(file);
    }
  }
}
