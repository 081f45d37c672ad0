// What native/thread_server/ exports; see thread_server.h and thread_server_binding.cc.
import type { IpAddress } from './address.js';

/** A failure of a thread server, told later. */
export interface ThreadServerFailure {
  /** Negative. */
  errno: number;
  syscall: string;
  peer?: IpAddress;
}

/** An echo server with a thread per connection. */
export interface ThreadServer {
  start(address: IpAddress, backlog: number): Pick<ThreadServerFailure, 'errno' | 'syscall'> | null;
  stop(): void;
  stats(): {
    threads: number;
    connections: number;
    bytes: number;
    active: number;
    errors: number;
  };
  takeErrors(): ThreadServerFailure[];
  readonly address: IpAddress | null;
  /** Readable while `takeErrors` has some, -1 when not started. */
  readonly doorbell: number;
}

export interface ThreadServerCalls {
  ThreadServer: {
    new (stackBytes: number): ThreadServer;
    readonly minStackBytes: number;
  };
}
