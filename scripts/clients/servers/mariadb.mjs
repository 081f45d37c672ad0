// MariaDB, with a data folder of its own.
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

export async function mariadb(scratch, { key, cert }) {
  const folder = folderFor(scratch, 'mariadb');
  const data = join(folder, 'data');
  const small = ['--innodb-log-file-size=8M', '--innodb-buffer-pool-size=32M'];
  const install = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', ...small];
  runFor(folder, 'mariadb-install-db', install);
  const who = `'rawloop'@'%'`;
  const init = [
    `CREATE OR REPLACE USER ${who} IDENTIFIED BY '${PASSWORD}';`,
    `GRANT ALL ON *.* TO ${who};`,
    'CREATE DATABASE IF NOT EXISTS rawloop;',
  ];
  const port = await freePort();
  const path = join(folder, 'socket');
  const settings = [
    ...['--no-defaults', `--datadir=${data}`, ...small, '--innodb-flush-log-at-trx-commit=0'],
    ...['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${path}`, '--skip-name-resolve'],
    ...['--max-allowed-packet=64M', '--local-infile=1', `--pid-file=${join(folder, 'pid')}`],
    `--init-file=${writeFor(folder, 'init.sql', init.join('\n'), 0o600)}`,
    `--ssl-cert=${writeFor(folder, 'cert.pem', cert)}`,
    `--ssl-key=${writeFor(folder, 'key.pem', key, 0o600)}`,
  ];
  const server = new ServerProcess(folder, ['mariadbd', ...settings], () =>
    accepts({ path }, at(port)),
  );
  await server.start();
  return {
    where: { tcp: at(port), unix: { path }, tls: at(port) },
    version: `MariaDB ${versionOf('mariadbd', '--version', /(\d+\.[\d.]+)-MariaDB/)}`,
    start: () => server.start(),
    kill: () => server.stop(),
    stop: () => server.stop(),
  };
}
