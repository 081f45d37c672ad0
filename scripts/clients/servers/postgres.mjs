// PostgreSQL, a cluster of its own, scram-sha-256 on all transports.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accepts,
  folderFor,
  freePort,
  runFor,
  ServerProcess,
  versionOf,
  writeFor,
} from './process.mjs';
import { at, PASSWORD } from './redis.mjs';

export async function postgres(scratch, { key, cert }) {
  const folder = folderFor(scratch, 'postgres');
  const data = join(folder, 'data');
  const password = writeFor(folder, 'password', PASSWORD, 0o600);
  const access = ['-U', 'rawloop', '-A', 'scram-sha-256', `--pwfile=${password}`];
  runFor(folder, 'initdb', ['-D', data, ...access, '-E', 'UTF8', '--locale=C', '--no-sync']);
  const port = await freePort();
  const settings = {
    ...{ port, listen_addresses: '127.0.0.1', unix_socket_directories: folder },
    ...{ unix_socket_permissions: '0777', fsync: 'off', shared_buffers: '32MB' },
    ...{ ssl: 'on', ssl_cert_file: writeFor(folder, 'cert.pem', cert) },
    ...{ ssl_key_file: writeFor(folder, 'key.pem', key, 0o600) },
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const path = join(folder, `.s.PGSQL.${port}`);
  const isReady = () => accepts({ path }, at(port)).then((is) => is && isReadyFile(data));
  const server = new ServerProcess(folder, ['postgres', '-D', data, ...given], isReady);
  await server.start();
  return {
    where: { tcp: at(port), unix: { path, folder, port }, tls: at(port) },
    version: `PostgreSQL ${versionOf('postgres', '--version', /([\d.]+)/)}`,
    // At once, and its processes with it.
    stop: () => server.stop('SIGQUIT'),
  };
}

/** Its own word: while it starts it accepts, to refuse. */
function isReadyFile(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
