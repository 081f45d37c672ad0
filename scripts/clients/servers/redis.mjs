// redis-server, with a password, on all three transports at once.
import { join } from 'node:path';
import { accepts, folderFor, freePort, ServerProcess, versionOf, writeFor } from './process.mjs';

/** Every server's user has it. */
export const PASSWORD = 'a password of this run';

export async function redis(scratch, { key, cert }) {
  const folder = folderFor(scratch, 'redis');
  const path = join(folder, 'socket');
  const [port, tlsPort] = [await freePort(), await freePort()];
  const lines = [
    ...['bind 127.0.0.1', `port ${port}`, `unixsocket ${path}`, 'unixsocketperm 777'],
    ...['save ""', 'appendonly no', `dir ${folder}`, `requirepass "${PASSWORD}"`],
    ...[`tls-port ${tlsPort}`, 'tls-auth-clients no'],
    `tls-cert-file ${writeFor(folder, 'cert.pem', cert)}`,
    `tls-key-file ${writeFor(folder, 'key.pem', key, 0o600)}`,
    `tls-ca-cert-file ${join(folder, 'cert.pem')}`,
  ];
  const config = writeFor(folder, 'redis.conf', lines.join('\n'), 0o600);
  const server = new ServerProcess(folder, ['redis-server', config], () =>
    accepts({ path }, at(port), at(tlsPort)),
  );
  await server.start();
  return {
    where: { tcp: at(port), unix: { path }, tls: at(tlsPort) },
    version: `redis ${versionOf('redis-server', '--version', /v=([\d.]+)/)}`,
    start: () => server.start(),
    kill: () => server.stop(),
    stop: () => server.stop(),
  };
}

/** On loopback. */
export function at(port) {
  return { host: '127.0.0.1', port };
}
