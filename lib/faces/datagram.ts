// What the public loop has for datagrams: UDP, Unix, and whatever else has them.
import type { IpAddress, UnixAddress } from '../binding/index.js';
import type { DatagramHandlers } from '../datagram/handlers.js';
import type { DgramOptions } from '../datagram/options.js';
import type { DatagramSocket } from '../datagram/socket.js';
import { DescriptorFace } from './descriptor.js';
import * as families from './families.js';

/** What a loop has for datagrams. Use `EventLoop`. */
export abstract class DatagramFace extends DescriptorFace {
  /**
   * Opens a socket of datagrams, UDP or Unix, or takes one over. An error of one datagram is
   * told by `error`, and does not end it.
   *
   * @throws SystemError EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ...; of `to` those of
   *   connect(2); RangeError ERR_SOCKET_BAD_PORT; TypeError; Error ERR_LOOP_CLOSED,
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
   * @example
   * loop.dgram({ port: 7000 }, { message: (socket, chunk, from) => socket.send(chunk, from) });
   */
  dgram<Data = unknown>(
    options: DgramOptions & { path: string },
    handlers?: DatagramHandlers<Data>,
  ): DatagramSocket<Data, UnixAddress>;
  dgram<Data = unknown>(
    options: DgramOptions & ({ host: string } | { port: number }),
    handlers?: DatagramHandlers<Data>,
  ): DatagramSocket<Data, IpAddress>;
  dgram<Data = unknown>(
    options: DgramOptions,
    handlers?: DatagramHandlers<Data>,
  ): DatagramSocket<Data>;
  dgram(options: DgramOptions, handlers?: DatagramHandlers): DatagramSocket {
    const given = handlers as DatagramHandlers<never> | undefined;
    return families.datagram().dgram(this, options, given);
  }
}
