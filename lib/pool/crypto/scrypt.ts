// scrypt on the pool; the native side is native/jobs/crypto_scrypt.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import { codedError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

export class ScryptRequest extends PoolRequest<Uint8Array> {
  password: Bytes = EMPTY;
  salt: Bytes = EMPTY;
  cost = 0;
  blockSize = 0;
  parallelization = 0;
  maxmem = 0;
  keyBytes = 0;

  override get kind(): string {
    return 'scrypt';
  }

  override get lane(): LaneNumber {
    return Lane.crypto;
  }

  override submit(pool: NativePool): number {
    const { password, salt, cost, blockSize, parallelization, maxmem, keyBytes } = this;
    // Native code copies them: from here on no reference to a secret is kept.
    this.password = this.salt = EMPTY;
    const { scrypt } = cryptoOperations;
    const costs = [cost, blockSize, parallelization, maxmem] as const;
    return submitCrypto(pool, this.lane, scrypt, password, salt, ...costs, keyBytes);
  }

  override finish(batch: Batch, row: number): Uint8Array {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        'scrypt failed: OpenSSL has no memory',
      );
    }
    return batch.bytes(row);
  }
}
