// readlink(2) on the pool; the native side is native/jobs/fs_readlink.cc.
import { type NativePool, native } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { pathText } from './path.js';
import { PathRequest } from './request.js';

const { submitFs, fsOperations } = native;

export class ReadlinkRequest extends PathRequest<string | Uint8Array> {
  asBytes = false;

  override get kind(): string {
    return 'readlink';
  }

  override submit(pool: NativePool): number {
    return submitFs(pool, this.lane, fsOperations.readlink, this.path);
  }

  override finish(batch: Batch, row: number): string | Uint8Array {
    this.check(batch, row, 'readlink');
    const target = batch.bytes(row);
    return this.asBytes ? target : pathText(target);
  }
}
