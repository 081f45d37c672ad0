// nginx, as one process: files to be read and written, by http, by https and on a Unix socket.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, folderFor, freePort, ServerProcess, versionOf, writeFor } from './process.mjs';
import { at } from './redis.mjs';

/** Of the file `large`. */
const LARGE_BYTES = 16 << 20;

export async function nginx(scratch, { key, cert }) {
  const folder = folderFor(scratch, 'nginx');
  const [port, tlsPort] = [await freePort(), await freePort()];
  const path = join(folder, 'socket');
  const files = folderFor(folder, 'files');
  folderFor(files, 'put');
  writeFor(files, 'small', 'hello');
  writeFor(files, 'large', randomBytes(LARGE_BYTES));
  writeFor(files, 'text', 'the same words again and again. '.repeat(20_000));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = `
    daemon off; master_process off; error_log stderr; pid ${folder}/pid;
    events { worker_connections 1000; }
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      client_max_body_size 64m;
      server {
        listen 127.0.0.1:${port};
        listen unix:${path};
        listen 127.0.0.1:${tlsPort} ssl http2;
        ssl_certificate ${writeFor(folder, 'cert.pem', cert)};
        ssl_certificate_key ${writeFor(folder, 'key.pem', key, 0o600)};
        root ${files};
        gzip on; gzip_types *;
        location = /close { keepalive_timeout 0; try_files /small =404; }
        location = /slow { limit_rate 65536; try_files /large =404; }
        location /put/ { dav_methods PUT DELETE; }
      }
    }`;
  const command = ['nginx', '-p', folder, '-c', writeFor(folder, 'nginx.conf', config)];
  const server = new ServerProcess(folder, [...command, '-e', 'stderr'], () =>
    accepts({ path }, at(port), at(tlsPort)),
  );
  await server.start();
  return {
    where: { tcp: at(port), unix: { path }, tls: at(tlsPort) },
    version: `nginx ${versionOf('nginx', '-v', /nginx\/([\d.]+)/)}`,
    start: () => server.start(),
    kill: async () => {
      await server.stop();
      // It would not take over what it left.
      rmSync(path, { force: true });
    },
    stop: () => server.stop(),
  };
}
