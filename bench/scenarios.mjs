// What is measured: one entry per scenario, in the order in which they run when
// none is named. What is in `load` is handed to the load client as it stands.

/** The peer that all other servers are compared with. */
export const yardstick = 'c-epoll';

/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {string} unit  what one of the counted things is
 * @property {'load' | 'idle' | 'heap' | 'work' | 'startup'} kind  which part of the harness runs it
 * @property {string} base  whom the others are compared with
 * @property {Record<string, string | number>} [load]  options of the load client
 * @property {string[]} [behind]  of kind 'load': what the peers pass on to, a target of build.mjs
 *   with its arguments; it runs beside the client
 * @property {number} [unitsPerMessage]  of kind 'load': how many units a message of the client's is
 * @property {boolean} [isUnix]  of kind 'load': on a Unix socket, not on a port
 * @property {Record<string, string>} [works]  of kind 'work': what each does
 * @property {boolean} [isPinned]  of kind 'work': to one core, threads included
 */

/** @type {Record<string, Scenario>} */
export const scenarios = {
  tcp: {
    title: '64 B x 50 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 50, depth: 1 },
  },
  one: {
    title: '64 B x 1 connection',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 1, depth: 1 },
  },
  two: {
    title: '64 B x 2 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 2, depth: 1 },
  },
  five: {
    title: '64 B x 5 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 5, depth: 1 },
  },
  large: {
    title: '16 KiB x 50 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 16 * 1024, connections: 50, depth: 1 },
  },
  many: {
    title: '64 B x 1,000 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 1000, depth: 1 },
  },
  depth: {
    title: '64 B x 50 connections, 16 messages on the way in each',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    load: { mode: 'echo', size: 64, connections: 50, depth: 16 },
  },
  churn: {
    title: 'connect, echo 64 B, close; 50 at a time',
    unit: 'connection',
    kind: 'load',
    base: yardstick,
    load: { mode: 'churn', size: 64, connections: 50, depth: 1 },
  },
  reset: {
    title: 'connect, echo 64 B, reset by the client; 50 at a time',
    unit: 'connection',
    kind: 'load',
    base: yardstick,
    load: { mode: 'churn', size: 64, connections: 50, depth: 1, close: 'rst' },
  },
  recorder: {
    title: '64 B x 50 connections, recorded',
    unit: 'message',
    kind: 'load',
    base: 'owned',
    load: { mode: 'echo', size: 64, connections: 50, depth: 1 },
  },
  duplex: {
    title: '64 B x 50 connections, by streams of node:stream',
    unit: 'message',
    kind: 'load',
    base: 'net',
    load: { mode: 'echo', size: 64, connections: 50, depth: 1 },
  },
  'udp-one': {
    title: 'UDP, 64 B x 1 socket of a client',
    unit: 'datagram',
    kind: 'load',
    base: yardstick,
    load: { mode: 'datagram', size: 64, connections: 1, depth: 1 },
  },
  udp: {
    title: 'UDP, 64 B x 8 sockets of clients',
    unit: 'datagram',
    kind: 'load',
    base: yardstick,
    load: { mode: 'datagram', size: 64, connections: 8, depth: 1 },
  },
  'udp-node': {
    title: 'UDP, 64 B x 8 sockets of clients, beside node:dgram',
    unit: 'datagram',
    kind: 'load',
    base: 'dgram',
    load: { mode: 'datagram', size: 64, connections: 8, depth: 1 },
  },
  'udp-burst': {
    title: 'UDP, 64 B x 1 socket of a client, 32 datagrams on the way',
    unit: 'datagram',
    kind: 'load',
    base: 'c-batch',
    load: { mode: 'datagram', size: 64, connections: 1, depth: 32 },
  },
  'udp-heap': {
    title: "JavaScript's heap before and after many datagrams",
    unit: 'datagram',
    kind: 'heap',
    base: 'owned',
    load: { mode: 'datagram', size: 64, connections: 8, depth: 4 },
  },
  unix: {
    title: 'a Unix socket, 64 B x 50 connections',
    unit: 'message',
    kind: 'load',
    base: yardstick,
    isUnix: true,
    load: { mode: 'echo', size: 64, connections: 50, depth: 1 },
  },
  pass: {
    title: 'a descriptor each way with a byte, 50 connections',
    unit: 'pass',
    kind: 'load',
    base: yardstick,
    isUnix: true,
    load: { mode: 'pass', connections: 50, depth: 1 },
  },
  relay: {
    title: '1 connection through a proxy, 4 messages of 256 KiB on the way, both ways counted',
    unit: 'MB',
    kind: 'load',
    base: 'c-splice',
    load: { mode: 'echo', size: 262_144, connections: 1, depth: 4 },
    behind: ['proxy-splice', '--to', 'echo'],
    unitsPerMessage: (2 * 262_144) / 1e6,
  },
  'relay-many': {
    title: '500 connections through a proxy, 64 KiB on the way in each, both ways counted',
    unit: 'MB',
    kind: 'load',
    base: 'c-splice',
    load: { mode: 'echo', size: 65_536, connections: 500, depth: 1 },
    behind: ['proxy-splice', '--to', 'echo'],
    unitsPerMessage: (2 * 65_536) / 1e6,
  },
  idle: {
    title: 'memory of an idle connection',
    unit: 'connection',
    kind: 'idle',
    base: yardstick,
    load: { mode: 'idle', size: 64, depth: 1 },
  },
  watch: {
    title: 'events of plain descriptors (eventfd)',
    unit: 'event',
    kind: 'work',
    base: 'npm-epoll',
    isPinned: true,
    works: {
      one: 'one descriptor, read and written again on each event',
      many: '64 descriptors, each read and written again on its event',
      readable: 'one descriptor that stays readable, nothing is read',
      'readable-many': '64 descriptors that stay readable, nothing is read',
    },
  },
  'unix-dgram': {
    title: 'Unix datagrams, 64 B',
    unit: 'datagram',
    kind: 'work',
    base: 'npm-unix-dgram',
    isPinned: true,
    works: {
      'send-path': 'sent to a path, 64 in one run of code',
      'send-connected': 'sent by a socket that is connected, 64 in one run of code',
      receive: 'received, as many waiting as the kernel queues, up to 64',
      'receive-one': 'received, one at a time',
    },
  },
  'fs-stat': {
    title: 'stat of a file on the pool',
    unit: 'stat',
    kind: 'work',
    base: 'node',
    isPinned: false,
    works: {
      beside: 'one at a time, the threads on the processor of JavaScript',
      apart: 'one at a time, the threads on another processor',
      stat: '64 in flight',
    },
  },
  files: {
    title: 'files that the kernel has in memory',
    unit: 'request',
    kind: 'work',
    base: 'node',
    isPinned: false,
    works: {
      read: '4 KiB of an open file, one at a time',
      'read-64': '4 KiB of an open file, 64 in flight',
      'read-4k': 'a whole file of 4 KiB, one at a time',
      'read-4k-64': 'a whole file of 4 KiB, 64 in flight',
      'read-64k': 'a whole file of 64 KiB, one at a time',
      'read-64k-64': 'a whole file of 64 KiB, 64 in flight',
      'read-4m': 'a whole file of 4 MiB, one at a time',
      stat: 'stat, one at a time',
      'stat-64': 'stat, 64 in flight',
      readdir: 'the names of a folder of 1,000, one at a time',
      write: '4 KiB to an open file, one at a time',
      'write-64': '4 KiB to an open file, 64 in flight',
    },
  },
  names: {
    title: 'names of hosts',
    unit: 'request',
    kind: 'work',
    base: 'node',
    isPinned: false,
    works: {
      lookup: 'lookup of localhost, one at a time',
      'lookup-64': 'lookup of localhost, 64 in flight',
      resolve4: 'an address from a name server, one at a time',
      'resolve4-64': 'an address from a name server, 64 in flight',
    },
  },
  timers: {
    title: 'timers and immediates',
    unit: 'operation',
    kind: 'work',
    base: 'node',
    isPinned: true,
    works: {
      'start-then-clear': 'all started, then all cleared; one delay',
      'start-then-clear-delays': 'all started, then all cleared; 1,000 delays',
      'clear-as-started': 'each cleared as it is started',
      'immediate-chain': 'each immediate starts the next',
    },
  },
  http: {
    title: 'requests on connections that are kept alive, 50 of them',
    unit: 'request',
    kind: 'work',
    base: 'host',
    isPinned: true,
    works: {
      plain: 'http',
      secure: 'https',
      http2: 'http2',
      'http2-secure': 'http2 by TLS',
    },
  },
  layers: {
    title: '64 B x 50 connections, through what stands on a stream',
    unit: 'message',
    kind: 'work',
    base: 'host',
    isPinned: true,
    works: {
      tls: 'node:tls',
      ws: 'the package ws',
    },
  },
  startup: {
    title: 'start and end of a process',
    unit: 'start',
    kind: 'startup',
    base: 'bare',
  },
};
