// What npm unix-dgram has in common with node:dgram by name alone: each says that it is not there.
import { EventEmitter } from 'node:events';

/** Methods of UDP sockets, which throw. */
export abstract class WithoutUdp extends EventEmitter {
  /** @throws Error always, as all of these */
  address(): never {
    return notImplemented();
  }

  /** Throws. */
  setTTL(_ttl?: number): never {
    return notImplemented();
  }

  /** Throws. */
  setBroadcast(_flag?: boolean): never {
    return notImplemented();
  }

  /** Throws. */
  setMulticastTTL(_ttl?: number): never {
    return notImplemented();
  }

  /** Throws. */
  setMulticastLoopback(_flag?: boolean): never {
    return notImplemented();
  }

  /** Throws. */
  addMembership(_group?: string, _interface?: string): never {
    return notImplemented();
  }

  /** Throws. */
  dropMembership(_group?: string, _interface?: string): never {
    return notImplemented();
  }
}

function notImplemented(): never {
  throw new Error('not implemented');
}
