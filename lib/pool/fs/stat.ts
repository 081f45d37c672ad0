// stat(2) and lstat(2) on the pool; the native side is native/jobs/fs_stat.cc.
import { type NativePool, native } from '../../binding/index.js';
import { SystemError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';
import { pathText } from './path.js';
import { BigIntStats, Stats } from './stats.js';

const { submitFs, fsOperations } = native;

// The flags of the operation.
export const NO_FOLLOW = 1;
export const BIGINT = 2;

export class StatRequest extends PoolRequest<Stats | BigIntStats> {
  path: string | Uint8Array = '';
  flags = 0;

  override get lane(): LaneNumber {
    return Lane.fs;
  }

  override submit(pool: NativePool): number {
    return submitFs(pool, this.lane, fsOperations.stat, this.path, this.flags);
  }

  override finish(batch: Batch, row: number): Stats | BigIntStats {
    const status = batch.status(row);
    if (status < 0) {
      const call = (this.flags & NO_FOLLOW) === 0 ? 'stat' : 'lstat';
      throw new SystemError(status, call, { path: pathText(this.path) });
    }
    const place = batch.place(row);
    return (this.flags & BIGINT) === 0
      ? new Stats(batch.numbers, place)
      : new BigIntStats(batch.integers, place);
  }
}
