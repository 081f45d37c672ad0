// PBKDF2; the native side is native/jobs/crypto_pbkdf2.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import type { Content } from '../fs/path.js';
import { copied, type HostJob } from './host.js';
import { CryptoRequest } from './request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

export class Pbkdf2Request extends CryptoRequest<Content> {
  override digest = '';
  password: Bytes = EMPTY;
  salt: Bytes = EMPTY;
  iterations = 1;
  keyBytes = 0;

  override get kind(): string {
    return 'pbkdf2';
  }

  protected override get failure(): string {
    return `OpenSSL derives no key with the digest '${this.digest}'`;
  }

  override submit(pool: NativePool): number {
    const { password, salt, iterations, keyBytes, digest } = this;
    // Native code copies them: from here on no reference to a secret is kept.
    this.password = this.salt = EMPTY;
    const { pbkdf2 } = cryptoOperations;
    return submitCrypto(pool, this.lane, pbkdf2, password, salt, iterations, keyBytes, digest);
  }

  override hostJob(): HostJob {
    const { iterations, keyBytes, digest } = this;
    const [password, salt] = [copied('password', this.password), copied('salt', this.salt)];
    this.password = this.salt = EMPTY;
    return { name: 'pbkdf2', bytes: [password, salt], options: [iterations, keyBytes, digest] };
  }

  override resultOf(bytes: Content): Content {
    return bytes;
  }
}
