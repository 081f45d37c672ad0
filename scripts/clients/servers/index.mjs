// The servers that the clients talk to, each by the Debian package that has it: on loopback and
// on Unix sockets, in folders of the scratch folder, with a password and a certificate made for
// this run.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand } from '../../project.mjs';
import { dbus } from './dbus.mjs';
import { mariadb } from './mariadb.mjs';
import { nginx } from './nginx.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';

/**
 * @typedef {object} Served
 * @property {Record<string, object>} where by transport: `host` and `port`, or `path`
 * @property {string} version
 * @property {() => Promise<void>} [start] again, where it can be killed from outside
 * @property {() => Promise<void>} [kill]
 * @property {() => Promise<void>} stop
 */

/** Of each: its package, its command, and what makes it ready in a folder. */
export const SERVERS = {
  redis: { package: 'redis-server', command: 'redis-server', make: redis },
  postgres: { package: 'postgresql', command: 'postgres', make: postgres },
  mariadb: { package: 'mariadb-server', command: 'mariadbd', make: mariadb },
  nginx: { package: 'nginx', command: 'nginx', make: nginx },
  dbus: { package: 'dbus', command: 'dbus-daemon', make: dbus },
};

/** Those of the system's administrator and of PostgreSQL are on nobody's PATH. */
export function extendPath() {
  const versions = '/usr/lib/postgresql';
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => b - a)[0] : undefined;
  const folders = ['/usr/sbin', '/usr/local/sbin'];
  if (newest !== undefined) folders.push(join(versions, newest, 'bin'));
  process.env.PATH = [process.env.PATH, ...folders].join(':');
}

/** The packages that are missing for these servers. */
export function missingPackages(names) {
  const missing = names.filter((name) => !hasCommand(SERVERS[name].command));
  return missing.map((name) => SERVERS[name].package);
}

/** As root, with the packages as arguments. No service is started that nobody asked for. */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
result=0
for package in "$@"; do
  apt-get install -y -qq --no-install-recommends "$package" || result=1
done
exit $result`;

/** By apt-get, one by one: where one cannot be had the others still can. @throws Error with what it said */
export function installPackages(packages) {
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const [command, ...args] = [...asRoot, 'bash', '-c', INSTALL, 'install', ...packages];
  const stdio = ['ignore', 'ignore', 'pipe'];
  const options = { stdio, encoding: 'utf8', timeout: 300_000 };
  const { error, status, stderr } = spawnSync(command, args, options);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.trim() || `${command} ended with status ${status}`);
}
