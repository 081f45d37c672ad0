// What rawloop demo and its load client say to each other: a line of JSON each way. A
// client that finds a fault answers nothing: it says so on stderr and ends.
import type { LoadFigures } from './load.js';

export type Command =
  /** The server, to be ended if the demo itself is killed. */
  | { do: 'target'; pid: number; port: number }
  /** See Load.setConnections; answered once they are there. */
  | { do: 'connections'; count: number }
  /** See Load.run; answered once it is over. */
  | { do: 'run'; rampMs: number; windowMs: number };

/** To each command: the figures so far. */
export type Answer = LoadFigures;
