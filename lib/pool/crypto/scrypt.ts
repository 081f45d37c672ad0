// scrypt; the native side is native/jobs/crypto_scrypt.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import type { Content } from '../fs/path.js';
import { copied, type HostJob } from './host.js';
import { CryptoRequest } from './request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

export class ScryptRequest extends CryptoRequest<Content> {
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

  protected override get failure(): string {
    return 'OpenSSL has no memory';
  }

  override submit(pool: NativePool): number {
    const { password, salt, cost, blockSize, parallelization, maxmem, keyBytes } = this;
    // Native code copies them: from here on no reference to a secret is kept.
    this.password = this.salt = EMPTY;
    const { scrypt } = cryptoOperations;
    const costs = [cost, blockSize, parallelization, maxmem] as const;
    return submitCrypto(pool, this.lane, scrypt, password, salt, ...costs, keyBytes);
  }

  override hostJob(): HostJob {
    const { cost, blockSize, parallelization, maxmem, keyBytes } = this;
    const [password, salt] = [copied('password', this.password), copied('salt', this.salt)];
    this.password = this.salt = EMPTY;
    const costs = { cost, blockSize, parallelization, maxmem };
    return { name: 'scrypt', bytes: [password, salt], options: [keyBytes, costs] };
  }

  override resultOf(bytes: Content): Content {
    return bytes;
  }
}
