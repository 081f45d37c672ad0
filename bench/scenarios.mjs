// What is measured: one entry per scenario, in the order in which they run when
// none is named. What is in `load` is handed to the load client as it stands.

import { works } from './works.mjs';

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
  ...works,
  startup: {
    title: 'start and end of a process',
    unit: 'start',
    kind: 'startup',
    base: 'bare',
  },
};
