// What is measured: one entry per scenario, in the order in which they run when
// none is named. `load` is handed to the load client as it stands.

/** The peer that all others are compared with. */
export const yardstick = 'c-epoll';

/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {string} unit  what one of the counted things is
 * @property {'load' | 'idle'} kind  which half of the harness runs it
 * @property {Record<string, string | number>} load  options of the load client
 */

/** @type {Record<string, Scenario>} */
export const scenarios = {
  tcp: {
    title: '64 B x 50 connections',
    unit: 'message',
    kind: 'load',
    load: { mode: 'echo', size: 64, connections: 50, depth: 1 },
  },
  large: {
    title: '16 KiB x 50 connections',
    unit: 'message',
    kind: 'load',
    load: { mode: 'echo', size: 16 * 1024, connections: 50, depth: 1 },
  },
  many: {
    title: '64 B x 1,000 connections',
    unit: 'message',
    kind: 'load',
    load: { mode: 'echo', size: 64, connections: 1000, depth: 1 },
  },
  depth: {
    title: '64 B x 50 connections, 16 messages on the way in each',
    unit: 'message',
    kind: 'load',
    load: { mode: 'echo', size: 64, connections: 50, depth: 16 },
  },
  churn: {
    title: 'connect, echo 64 B, close; 50 at a time',
    unit: 'connection',
    kind: 'load',
    load: { mode: 'churn', size: 64, connections: 50, depth: 1 },
  },
  idle: {
    title: 'memory of an idle connection',
    unit: 'connection',
    kind: 'idle',
    load: { mode: 'idle', size: 64, depth: 1 },
  },
};
