#!/usr/bin/env node
// Real clients on our sockets, each beside the same run on the host's own: `npm run test:clients`.
// Servers are those of Debian, started here, in a scratch folder, by a user without rights.
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { selfSigned } from '../examples/node/certificate.mjs';
import { CLIENTS, IMPOSSIBLE } from './clients/clients.mjs';
import { print, tellFailures } from './clients/matrix.mjs';
import { installClients, VERSIONS } from './clients/packages.mjs';
import { runClient } from './clients/run.mjs';
import { extendPath, installPackages, missingPackages, SERVERS } from './clients/servers/index.mjs';

const HELP = `Usage: npm run test:clients [-- client... --only TEXT --install --keep]

Runs ${Object.keys(CLIENTS).join(', ')}
against real servers, on sockets of rawloop and on the host's, and prints both results.
The clients are fetched from npm, and kept in .cache.

  --only TEXT  the checks whose name has this in it
  --install    install what is missing of the servers by apt-get; else their clients are left out
  --keep       leave the scratch folder, and say where it is

Exit code: 0 all is well; 1 something fails on our sockets alone; 2 bad arguments;
77 there are no servers, or the packages could not be fetched.
`;

function argumentsOf() {
  const options = {
    help: { type: 'boolean', short: 'h' },
    install: { type: 'boolean', default: false },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  };
  try {
    const given = parseArgs({ allowPositionals: true, options });
    const unknown = given.positionals.find((name) => !Object.hasOwn(CLIENTS, name));
    if (unknown !== undefined) throw new Error(`no client '${unknown}': see --help`);
    return given;
  } catch (error) {
    console.error(`test:clients: ${error.message}`);
    process.exit(2);
  }
}

/** The clients that have their server, once it is installed where that was asked for. */
function withServers(names, install) {
  const needed = [...new Set(names.map((name) => CLIENTS[name].server).filter(Boolean))];
  const missing = missingPackages(needed);
  if (install && missing.length > 0) {
    try {
      installPackages(missing);
    } catch (error) {
      console.log(`apt-get: ${error.message.trim().split('\n').at(-1)}`);
    }
    extendPath();
  }
  return names.filter((name) => {
    const { server } = CLIENTS[name];
    const [absent] = server === undefined ? [] : missingPackages([server]);
    if (absent === undefined) return true;
    console.log(`skipped: ${name}: ${absent} is not installed: --install does so by apt-get`);
    return false;
  });
}

const { values, positionals } = argumentsOf();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (process.platform !== 'linux') {
  console.log('skipped: clients: what is left open is looked for as Linux tells it');
  process.exit(77);
}
const servers = new Map();
const stopServers = () => Promise.all([...servers.values()].map((server) => server.stop()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => stopServers().finally(() => process.exit(1)));
}
extendPath();
const asked = positionals.length > 0 ? positionals : Object.keys(CLIENTS);
const names = withServers(asked, values.install);
if (names.length === 0) process.exit(77);

let folder;
try {
  folder = await installClients();
} catch (error) {
  console.log(`skipped: the registry: ${error.message.split('\n')[0]}`);
  process.exit(77);
}

// Of Unix sockets a path is short; and the servers' user has to get there.
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'rawloop-')));
chmodSync(scratch, 0o755);
process.once('exit', () => {
  if (values.keep) console.log(scratch);
  else rmSync(scratch, { recursive: true, force: true, maxRetries: 20 });
});
const { key, cert } = selfSigned('localhost');
try {
  const tables = [];
  for (const client of names) {
    const { server: name } = CLIENTS[client];
    if (name !== undefined && !servers.has(name)) {
      servers.set(name, await SERVERS[name].make(scratch, { key, cert }));
    }
    const server = servers.get(name);
    const runs = await runClient(client, { server, folder, scratch, cert, only: values.only });
    const version = VERSIONS[client] ?? `of Node ${process.versions.node}`;
    const against = server === undefined ? '' : `, ${server.version}`;
    tables.push({ client, title: `${client} ${version}${against}`, runs });
    console.error(`${client}: done`);
  }
  print(tables);
  const { isWorse, passed, failed, impossible } = tellFailures(tables);
  for (const [what, why] of Object.entries(IMPOSSIBLE)) console.log(`n/a: ${what}: ${why}`);
  console.log(`${passed} passed, ${failed} failed, ${impossible} not possible`);
  process.exitCode = isWorse ? 1 : 0;
} finally {
  await stopServers();
}
