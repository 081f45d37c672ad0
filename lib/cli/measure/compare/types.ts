// What a comparison found: every figure of it, as --json prints it. null is what the
// system does not tell.

import type { Model } from '../../models.js';
import type { Cores, Machine } from '../machine.js';
import type { Figure } from './figures.js';

/** One model at one number of connections. */
export interface Row {
  model: Model;
  connections: number;
  rounds: number;
  messagesPerSecond: Figure;
  p50Us: Figure;
  p99Us: Figure;
  /** Of the server, in user and kernel mode, on all its threads. */
  cpuUsPerMessage: Figure | null;
  /** Context switches of the server's threads, by getrusage(2)'s names. */
  voluntarySwitchesPerMessage: Figure | null;
  involuntarySwitchesPerMessage: Figure | null;
  threads: number | null;
  /** Of the server; null, too, with too few connections to tell. */
  residentBytesPerConnection: number | null;
  /** Of the whole machine, so of both ends; null, too, with too few to tell. */
  kernelBytesPerConnection: number | null;
  /** From the first connect until each connection had echoed a message. */
  acceptMs: Figure;
  /** In the measured windows. */
  messages: number;
  /** In all of them, and in the ramps before. */
  bytesVerified: number;
}

export interface Settings {
  models: readonly Model[];
  connections: readonly number[];
  /** Measured per model and number of connections. */
  seconds: number;
  messageBytes: number;
}

export interface Result {
  /** ISO 8601. */
  date: string;
  machine: Machine;
  /** Of rawloop, Node, V8 and libuv. */
  versions: Record<string, string>;
  /** null: not pinned. */
  cores: Cores | null;
  settings: Settings;
  /** What was changed and why, and what limits there are. */
  notes: readonly string[];
  rows: readonly Row[];
}
