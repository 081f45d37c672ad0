// Look-ups by the C library, which block a thread: in the lane of slow work, so that a name
// server which does not answer leaves threads to files. What they take was checked before, and
// what comes of them is lines: `loop.dns` (lib/dns/) makes of them what programs see. The native
// side is native/jobs/dns_lookup.cc and dns_lookup_service.cc.
import { type NativePool, native } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import type { LoopPool } from '../loop-pool.js';
import { PoolRequest } from '../request.js';

const { submitDns, dnsOperations } = native;

/** The error of a look-up by its status; see native/jobs/dns.h. */
export type LookupFailed = (status: number) => Error;

abstract class LibraryRequest extends PoolRequest<string[]> {
  failed: LookupFailed = (status) => new Error(`${status}`);

  override get lane(): LaneNumber {
    return Lane.dns;
  }

  override finish(batch: Batch, row: number): string[] {
    const status = batch.status(row);
    if (status < 0) throw this.failed(status);
    return Buffer.from(batch.bytes(row)).toString('latin1').split('\n');
  }
}

class LookupRequest extends LibraryRequest {
  override get kind(): string {
    return 'lookup';
  }

  host = '';
  family = 0;
  hints = 0;

  override submit(pool: NativePool): number {
    return submitDns(pool, this.lane, dnsOperations.lookup, this.host, this.family, this.hints);
  }
}

class LookupServiceRequest extends LibraryRequest {
  override get kind(): string {
    return 'lookupService';
  }

  address = '';
  port = 0;

  override submit(pool: NativePool): number {
    return submitDns(pool, this.lane, dnsOperations.lookupService, this.address, this.port);
  }
}

/** What `loop.dns` has of the pool. */
export class NameLookups {
  readonly #pool: LoopPool;

  constructor(pool: LoopPool) {
    this.#pool = pool;
  }

  /** The addresses of a host, a line each, in the order of the C library. See getaddrinfo(3). */
  lookup(
    host: string,
    { family, hints, signal }: { family: number; hints: number; signal: AbortSignal | undefined },
    failed: LookupFailed,
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const request = new LookupRequest(resolve, reject);
      Object.assign(request, { host, family, hints, failed });
      this.#pool.submit(request, signal);
    });
  }

  /** A line for the host that has an address, and one for what a port is. See getnameinfo(3). */
  lookupService(
    address: string,
    port: number,
    signal: AbortSignal | undefined,
    failed: LookupFailed,
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const request = new LookupServiceRequest(resolve, reject);
      Object.assign(request, { address, port, failed });
      this.#pool.submit(request, signal);
    });
  }
}
