// Names of hosts, one at a time or with 64 in flight: `names.mjs owned` and `guest` by loop.dns,
// `node` by the callback form of node:dns, `node-promises` by node:dns/promises. `lookup` is of a
// name that the file of hosts has, by the C library on four threads each; `resolve4` asks a name
// server of this machine, name-server.mjs, whose CPU time does not count. Each answer starts the
// next request.
import { spawn } from 'node:child_process';
import * as nodeDns from 'node:dns';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { measureRequests } from './requests.mjs';
import { serve } from './serve.mjs';

const contender = process.argv[2];
const isHost = contender === 'node' || contender === 'node-promises';

/** @returns {import('../../dist/index.cjs').EventLoop} */
function newLoop() {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  return new EventLoop();
}

/** The address of a name server that ends with this program. */
async function nameServer() {
  const file = fileURLToPath(new URL('name-server.mjs', import.meta.url));
  const server = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(server.stdout, 'data');
  return `127.0.0.1:${Number(port)}`;
}

const loop = isHost ? undefined : newLoop();
if (contender === 'guest') loop?.attach();
const servers = [await nameServer()];

/** By promises: of the host, or ours, which have the same names. */
function promised(dns, resolver) {
  const told = (request, done) => void request.then(() => done(null), done);
  return {
    lookup: (done) => told(dns.lookup('localhost'), done),
    resolve4: (done) => told(resolver.resolve4('x.test'), done),
  };
}

/** @returns {Record<string, import('./requests.mjs').Request>} */
function requestsOf() {
  if (loop !== undefined) return promised(loop.dns, new loop.dns.Resolver({ servers }));
  const of = contender === 'node' ? nodeDns : nodeDns.promises;
  const resolver = new of.Resolver();
  resolver.setServers(servers);
  if (contender === 'node-promises') return promised(nodeDns.promises, resolver);
  return {
    lookup: (done) => nodeDns.lookup('localhost', done),
    resolve4: (done) => resolver.resolve4('x.test', done),
  };
}

/** @type {Record<string, (ask: { ms: number }) => Promise<object>>} */
const works = {};
const owned = contender === 'owned' ? loop : undefined;
for (const [name, request] of Object.entries(requestsOf())) {
  works[name] = measureRequests(request, 1, owned);
  works[`${name}-64`] = measureRequests(request, 64, owned);
}
serve(/** @type {any} */ (works));
