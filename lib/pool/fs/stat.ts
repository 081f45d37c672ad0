// stat(2) and lstat(2) on the pool; the native side is native/jobs/fs_stat.cc.
import { type NativePool, native } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { PathRequest } from './request.js';
import { BigIntStats, Stats } from './stats.js';

const { submitFs, fsOperations } = native;

// The flags of the operation.
export const NO_FOLLOW = 1;
export const BIGINT = 2;

export class StatRequest extends PathRequest<Stats | BigIntStats> {
  flags = 0;

  override get kind(): string {
    return (this.flags & NO_FOLLOW) === 0 ? 'stat' : 'lstat';
  }

  override submit(pool: NativePool): number {
    return submitFs(pool, this.lane, fsOperations.stat, this.path, this.flags);
  }

  override finish(batch: Batch, row: number): Stats | BigIntStats {
    this.check(batch, row, (this.flags & NO_FOLLOW) === 0 ? 'stat' : 'lstat');
    const place = batch.place(row);
    return (this.flags & BIGINT) === 0
      ? new Stats(batch.numbers, place)
      : new BigIntStats(batch.integers, place);
  }
}
