// What this family needs of the public loop: that it opens sockets. The families of sockets
// are loaded when the first question is asked.
import type { DatagramHandlers } from '../datagram/handlers.js';
import type { DgramOptions } from '../datagram/options.js';
import type { DatagramSocket } from '../datagram/socket.js';
import type { HandleLoop } from '../loop/contract.js';
import type { ConnectOptions } from '../net/connect.js';
import type { StreamHandlers } from '../net/handlers.js';
import type { Socket } from '../net/socket.js';

/** A loop that has datagrams and connections. */
export interface AskingLoop extends HandleLoop {
  /** See `EventLoop.dgram`. */
  dgram(options: DgramOptions, handlers?: DatagramHandlers): DatagramSocket;
  /** See `EventLoop.connect`. */
  connect(options: ConnectOptions, handlers?: StreamHandlers): Socket;
}
