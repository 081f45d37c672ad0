// A TCP proxy on the package, to measure: `node relay.mjs owned|guest --to HOST:PORT`, in a loop that
// owns its thread or inside Node's; or `net`, the same by `pipe` of node:net.
import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { host: { type: 'string' }, port: { type: 'string' }, to: { type: 'string' } },
});
const [mode] = positionals;
const [toHost, toPort] = values.to.split(':');
const target = { host: toHost, port: Number(toPort) };
const place = { host: values.host, port: Number(values.port) };

const announce = ({ address, port }) => console.log(`listening on ${address}:${port}`);

function byNode() {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, noDelay: true, allowHalfOpen: true });
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  server.listen(place, () => announce(server.address()));
}

async function byRelay() {
  const { EventLoop, relay } = await import('rawloop');
  const loop = new EventLoop();
  const server = loop.listen(place, {
    open: (near) => relay(near, loop.connect(target)),
  });
  announce(server.address);
  if (mode === 'guest') loop.attach();
  else setImmediate(() => loop.run());
}

if (mode === 'net') byNode();
else await byRelay();
