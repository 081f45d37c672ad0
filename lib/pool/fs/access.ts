// access(2) on the pool; the native side is native/jobs/fs_access.cc.
import { type NativePool, native } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { PathRequest } from './request.js';

const { submitFs, fsOperations } = native;

export class AccessRequest extends PathRequest<void> {
  mode = 0;

  override get kind(): string {
    return 'access';
  }

  override submit(pool: NativePool): number {
    return submitFs(pool, this.lane, fsOperations.access, this.path, this.mode);
  }

  override finish(batch: Batch, row: number): void {
    this.check(batch, row, 'access');
  }
}
