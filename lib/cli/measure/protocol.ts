// What a measurement and its load client say to each other: a line of JSON each way. A
// client that finds a fault answers nothing: it says so on stderr and ends. Apart from
// the load itself, which needs the addon.

export const MESSAGE_BYTES = 64;

export type Command =
  /** The server, to be ended if the measuring process itself is killed. */
  | { do: 'target'; pid: number; port: number }
  /** See Load.setConnections; answered once they are there. */
  | { do: 'connections'; count: number }
  /** See Load.run; answered once it is over. */
  | { do: 'run'; rampMs: number; windowMs: number };

/** The answer to each command: what the load found since the last `connections`. */
export interface Answer {
  /** Answered in the measured windows. */
  messages: number;
  /** Of all windows together. */
  windowMs: number;
  p50Us: number;
  p99Us: number;
  /** Answered at all: in the ramps before the windows, too, and after them. */
  allMessages: number;
  /** From the first connect of the last `connections` until each had echoed a message. */
  openMs: number;
}
