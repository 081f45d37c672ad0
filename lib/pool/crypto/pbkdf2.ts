// PBKDF2 on the pool; the native side is native/jobs/crypto_pbkdf2.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import { codedError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

export class Pbkdf2Request extends PoolRequest<Uint8Array> {
  password: Bytes = EMPTY;
  salt: Bytes = EMPTY;
  iterations = 1;
  keyBytes = 0;
  digest = '';

  override get kind(): string {
    return 'pbkdf2';
  }

  override get lane(): LaneNumber {
    return Lane.crypto;
  }

  override submit(pool: NativePool): number {
    const { password, salt, iterations, keyBytes, digest } = this;
    // Native code copies them: from here on no reference to a secret is kept.
    this.password = this.salt = EMPTY;
    const { pbkdf2 } = cryptoOperations;
    return submitCrypto(pool, this.lane, pbkdf2, password, salt, iterations, keyBytes, digest);
  }

  override finish(batch: Batch, row: number): Uint8Array {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        `pbkdf2 failed: OpenSSL derives no key with the digest '${this.digest}'`,
      );
    }
    return batch.bytes(row);
  }
}
