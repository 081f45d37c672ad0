// A frame as it is on the wire: an AF_PACKET socket on the loopback hears a datagram that
// the program sends itself, with its Ethernet, IP and UDP headers. Needs CAP_NET_RAW
// (`sudo`, or `unshare -rn` and `ip link set lo up`). See packet(7).
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { watch } from 'rawloop';
import { bind, check, close, constants, recv, socket } from 'rawloop/raw';

// Of linux/if_ether.h, netinet/in.h; a protocol is in network order wherever it stands.
const [ETH_P_IP, IPPROTO_UDP] = [0x0800, 17];
const [ETHERNET_BYTES, UDP_BYTES] = [14, 8];

function notHere(why) {
  console.log(`not available here: ${why}`);
  process.exit(77);
}

const { AF_PACKET, SOCK_RAW, SOCK_NONBLOCK } = constants;
if (AF_PACKET === undefined) notHere('packet sockets are of Linux alone');
// Without a protocol it hears nothing yet: first it is bound to one interface.
const fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
if (fd === -constants.EPERM) notHere('a packet socket needs CAP_NET_RAW');
if (fd === -constants.EAFNOSUPPORT) notHere('this kernel has no packet sockets');

/** `struct sockaddr_ll`: what comes by interface `index` and is of `protocol`. */
function linkLayer(index, protocol) {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(protocol, 2);
  address.writeInt32LE(index, 4);
  return address;
}

if (networkInterfaces().lo === undefined) notHere('the loopback is down: ip link set lo up');
const index = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'));
check(bind(check(fd, 'socket'), linkLayer(index, ETH_P_IP)), 'bind');

const macOf = (bytes) => bytes.toString('hex').replace(/..\B/g, '$&:');
const ipOf = (bytes) => bytes.join('.');

/** What is in a frame of UDP over IPv4; undefined for others. */
function udpIn(frame) {
  const packet = frame.subarray(ETHERNET_BYTES);
  if (packet[9] !== IPPROTO_UDP) return undefined;
  const [headerBytes, packetBytes] = [(packet[0] & 15) * 4, packet.readUInt16BE(2)];
  const udp = packet.subarray(headerBytes, packetBytes);
  return {
    ethernet: `${macOf(frame.subarray(6, 12))} → ${macOf(frame.subarray(0, 6))}`,
    ip: `${ipOf(packet.subarray(12, 16))} → ${ipOf(packet.subarray(16, 20))}, ttl ${packet[8]}`,
    toPort: udp.readUInt16BE(2),
    data: udp.toString('utf8', UDP_BYTES),
  };
}

const sender = createSocket('udp4').bind(0, '127.0.0.1', () => {
  const { port } = sender.address();
  const frame = Buffer.alloc(65536);
  watch(fd, { read: true }, (_ready, watcher) => {
    const found = udpIn(frame.subarray(0, check(recv(fd, frame), 'recv')));
    if (found?.toPort !== port) return;
    const { toPort, ...shown } = found;
    for (const [layer, text] of Object.entries(shown)) console.log(`${layer}: ${text}`);
    clearInterval(again);
    watcher.close();
    close(fd);
    sender.close();
  });
  // Again until it is seen: of a busy loopback the kernel drops what the socket cannot hold.
  const send = () => sender.send('seen on its way', port, '127.0.0.1');
  const again = setInterval(send, 100);
  send();
});
