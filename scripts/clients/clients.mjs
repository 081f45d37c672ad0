// The clients: with which server, over which transports, and where their checks are.

/**
 * @typedef {object} Check
 * @property {string} name what it does, as the matrix says it
 * @property {readonly string[]} [on] the transports that it is for; default all of the client's
 * @property {{ host?: string, rawloop?: string }} [not] why it cannot be on that side
 * @property {(context: object) => Promise<void>} run
 */

const ALL = ['tcp', 'unix', 'tls'];

export const CLIENTS = {
  ioredis: { server: 'redis', transports: ALL, load: () => import('./workloads/ioredis.mjs') },
  pg: { server: 'postgres', transports: ALL, load: () => import('./workloads/pg.mjs') },
  mysql2: { server: 'mariadb', transports: ALL, load: () => import('./workloads/mysql2.mjs') },
  ws: { transports: ALL, load: () => import('./workloads/ws.mjs') },
  'http.Agent': {
    server: 'nginx',
    transports: ALL,
    load: () => import('./workloads/http-agent.mjs'),
  },
  undici: { server: 'nginx', transports: ALL, load: () => import('./workloads/undici.mjs') },
  'dbus-next': {
    server: 'dbus',
    transports: ['unix'],
    load: () => import('./workloads/dbus-next.mjs'),
  },
};

/** What the matrix says of those that cannot be. */
export const IMPOSSIBLE = {
  'redis, mongodb': 'they open sockets by net.connect alone: no option takes a stream',
  'pg-native': 'libpq opens sockets in C',
  'child_process.send(message, socket), cluster': 'they pass the handle of a net.Socket',
};
