// Random bytes; the native side is native/jobs/crypto_random.cc.
import { type NativePool, native } from '../../binding/index.js';
import type { Content } from '../fs/path.js';
import type { HostJob } from './host.js';
import { CryptoRequest } from './request.js';

const { submitCrypto, cryptoOperations } = native;

export class RandomBytesRequest extends CryptoRequest<Content> {
  size = 0;

  override get kind(): string {
    return 'randomBytes';
  }

  protected override get failure(): string {
    return 'the generator of OpenSSL is not seeded';
  }

  override submit(pool: NativePool): number {
    return submitCrypto(pool, this.lane, cryptoOperations.randomBytes, this.size);
  }

  override hostJob(): HostJob {
    return { name: 'randomBytes', bytes: [], options: [this.size] };
  }

  override resultOf(bytes: Content): Content {
    return bytes;
  }
}
