// Random bytes on the pool; the native side is native/jobs/crypto_random.cc.
import { type NativePool, native } from '../../binding/index.js';
import { codedError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';

const { submitCrypto, cryptoOperations } = native;

export class RandomBytesRequest extends PoolRequest<Uint8Array> {
  size = 0;

  override get kind(): string {
    return 'randomBytes';
  }

  override get lane(): LaneNumber {
    return Lane.crypto;
  }

  override submit(pool: NativePool): number {
    return submitCrypto(pool, this.lane, cryptoOperations.randomBytes, this.size);
  }

  override finish(batch: Batch, row: number): Uint8Array {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        'randomBytes failed: the generator of OpenSSL is not seeded',
      );
    }
    return batch.bytes(row);
  }
}
