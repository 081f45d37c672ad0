// The digest of bytes; the native side is native/jobs/crypto_hash.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import type { Content } from '../fs/path.js';
import { copied, type HostJob } from './host.js';
import { CryptoRequest } from './request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

/** In which form a digest is given: bytes, or text. */
export type DigestEncoding = 'buffer' | 'hex' | 'base64' | 'base64url' | 'latin1';

export class HashRequest extends CryptoRequest<Content | string> {
  override digest = '';
  data: Bytes = EMPTY;
  encoding: DigestEncoding = 'hex';

  override get kind(): string {
    return 'hash';
  }

  protected override get failure(): string {
    return `OpenSSL makes no digest by '${this.digest}'`;
  }

  /** Of as many bytes as are asked for: OpenSSL 3.4 and later make none where nobody asked. */
  override get isForHost(): boolean {
    return /^shake/i.test(this.digest);
  }

  override submit(pool: NativePool): number {
    const { digest, data } = this;
    this.data = EMPTY;
    return submitCrypto(pool, this.lane, cryptoOperations.hash, digest, data);
  }

  override hostJob(): HostJob {
    const data = copied('data', this.data);
    this.data = EMPTY;
    return { name: 'hash', bytes: [data], options: [this.digest] };
  }

  override resultOf(bytes: Content): Content | string {
    return this.encoding === 'buffer' ? bytes : bytes.toString(this.encoding);
  }
}
