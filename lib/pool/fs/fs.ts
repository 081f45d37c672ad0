// File system requests: what epoll and kqueue cannot wait for, as regular files are always ready
// there. Each runs on a thread of the pool, or at once where the kernel has all that it needs in
// memory. What each is stands in the classes below this one, by subject: status, names, attributes,
// folders, descriptors, reading, contents, locks, streams. See path_resolution(7), docs/files.md.
import { constants } from 'node:fs';
import type { Batch } from '../batch.js';
import { checked } from './caller.js';
import { copyTree } from './copy.js';
import { type CopyOptions, readCopyOptions } from './copy-options.js';
import { Dir } from './dir.js';
import type { Dirent } from './dirent.js';
import { FileHandle } from './handle.js';
import {
  type BytesOptions,
  type NameOptions,
  readNameOptions,
  type TextOptions,
} from './options.js';
import { byteText, type Path, pathText, toPath } from './path.js';
import { StreamRequests } from './streams.js';
import { descriptorOf, type NameEncoding } from './values.js';

/** `loop.fs`. */
export class FileRequests extends StreamRequests {
  /**
   * Opens a folder whose entries are read some at a time.
   *
   * Rejects as `open` does; ENOTDIR for what is no folder.
   *
   * @example
   * for await (const entry of await loop.fs.opendir('/var/log')) console.log(entry.name);
   */
  opendir(path: Path, options?: TextOptions): Promise<Dir>;
  opendir(path: Path, options: BytesOptions): Promise<Dir<Uint8Array>>;
  opendir(path: Path, options?: NameEncoding | NameOptions): Promise<Dir | Dir<Uint8Array>>;
  opendir(path: Path, options?: NameEncoding | NameOptions): Promise<Dir | Dir<Uint8Array>> {
    return checked(() => {
      const { signal, encoding } = readNameOptions(options);
      const checkedPath = toPath(path);
      const value = (batch: Batch, row: number) => {
        const file = new FileHandle(this, descriptorOf(batch, row));
        return new Dir(file, pathText(checkedPath), encoding, (from, entries) =>
          this.ask<Dirent<string | Uint8Array>[], 'entries'>(
            'entries',
            [from.fd],
            { syscall: 'scandir' },
            entries,
            signal,
          ),
        ) as Dir;
      };
      const flags = constants.O_RDONLY | constants.O_DIRECTORY;
      const about = { syscall: 'opendir', path: checkedPath };
      return this.ask('open', [checkedPath, flags, 0], about, value, signal);
    });
  }

  /**
   * Copies a file, or with `recursive` a folder and all that is in it: files, folders and symbolic
   * links, one behind the other.
   *
   * Rejects as `copyFile` does; with an Error ERR_FS_EISDIR for a folder without `recursive`,
   * ERR_FS_CP_EEXIST with `errorOnExist` for what is there and `force` is false, ERR_FS_CP_EINVAL for
   * a folder into itself, ERR_FS_CP_DIR_TO_NON_DIR, ERR_FS_CP_NON_DIR_TO_DIR, and
   * ERR_FS_CP_UNKNOWN, ERR_FS_CP_SOCKET or ERR_FS_CP_FIFO_PIPE for what cannot be copied.
   */
  cp(src: Path, dest: Path, options?: CopyOptions): Promise<void> {
    return checked(() => {
      const read = readCopyOptions(options);
      const [source, target] = [toPath(src, 'src'), toPath(dest, 'dest')];
      return this.work.holds(copyTree(this, byteText(source), byteText(target), read));
    });
  }
}
