// What a stream of a file asks of the file. A FileHandle is one; a descriptor that is borrowed is made
// one. It stands below both, as a FileHandle makes streams of itself.
import type { TransferOptions } from '../transfers.js';

/** An open file, whose bytes a stream moves. */
export interface StreamedFile {
  readonly fd: number;
  read(buffer: Uint8Array, options: TransferOptions): Promise<{ readonly bytesRead: number }>;
  write(bytes: Uint8Array, options: TransferOptions): Promise<{ readonly bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Where streams have their files from: `loop.fs`. */
export interface FileSource {
  open(path: string | Uint8Array, flags: number, mode: number): Promise<StreamedFile>;
  /** One that was opened elsewhere, which is the stream's from here on. @throws SystemError */
  adopt(fd: number): StreamedFile;
  /** One that stays whose it is. */
  borrow(fd: number): StreamedFile;
}

/** The file of a stream. */
export interface Origin {
  /** As errors tell it; undefined: it was open already. */
  readonly path: string | Uint8Array | undefined;
  readonly opening: Promise<StreamedFile>;
  /** Whether the stream closes it. */
  readonly closes: boolean;
}
