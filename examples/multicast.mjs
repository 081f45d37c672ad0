// Services that find each other, as mDNS does: all who are in a group hear each question, and
// who has the service answers whom it came from. On the loopback device alone. See ip(7).
import { networkInterfaces } from 'node:os';
import { defaultLoop } from 'rawloop';

const loop = defaultLoop();
const [group, port] = ['239.255.77.1', 17771];
const device = Object.entries(networkInterfaces()).find(([, list]) => list[0].internal)?.[0];
if (device === undefined) {
  console.log('not available here: there is no loopback device');
  process.exit(77);
}

/** One of several who share the port: `reuseAddress`. */
function service(name) {
  const socket = loop.dgram(
    { host: '0.0.0.0', port, reuseAddress: true, info: { pktinfo: true } },
    {
      message(socket, chunk, from, { local }) {
        if (local?.group !== group || Buffer.from(chunk).toString() !== `who is ${name}?`) return;
        socket.send(`${name} is here`, from);
      },
    },
  );
  return socket.join(group, { interface: device });
}

const services = [service('printer'), service('scanner')];
const client = loop.dgram(
  { family: 'ipv4' },
  {
    message(_socket, chunk) {
      console.log(Buffer.from(chunk).toString());
      for (const one of [...services, client]) one.close();
    },
    error: (_socket, error) => console.log(error.message),
  },
);
// A hop of 0 leaves the machine by no device.
client.setMulticast({ interface: device, loopback: true, ttl: 0 });
client.send('who is scanner?', { host: group, port });
