// What requests about a path have in common: the lane of files, and errors that tell the
// path. A request takes its path as `toPath` gives it; native code copies it in `submit`.
import { SystemError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';
import { pathText } from './path.js';

export abstract class PathRequest<T> extends PoolRequest<T> {
  path: string | Uint8Array = '';

  override get lane(): LaneNumber {
    return Lane.fs;
  }

  /** @throws SystemError with `syscall` and the path, when the request in `row` failed */
  protected check(batch: Batch, row: number, syscall: string): void {
    const status = batch.status(row);
    if (status < 0) throw new SystemError(status, syscall, { path: pathText(this.path) });
  }
}
