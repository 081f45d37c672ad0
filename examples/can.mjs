// Frames on a CAN bus, the network of cars and machines: two raw sockets on one interface,
// one sends and one hears. On a real bus, or on a virtual one:
// `ip link add vcan0 type vcan && ip link set vcan0 up`, then
// node examples/can.mjs [INTERFACE]. See the kernel's Documentation/networking/can.rst.
import { readFileSync } from 'node:fs';
import { watch } from 'rawloop';
import { bind, check, close, constants, recv, send, socket } from 'rawloop/raw';

// Of linux/can.h, linux/if_arp.h.
const [CAN_RAW, ARPHRD_CAN, CAN_EFF_FLAG, FRAME_BYTES] = [1, 280, 0x80000000, 16];
const [interfaceName = 'vcan0'] = process.argv.slice(2);

function notHere(why) {
  console.log(`not available here: ${why}`);
  process.exit(77);
}

/** A number that the kernel tells of the interface; undefined when there is none. */
function factOf(file) {
  try {
    return Number(readFileSync(`/sys/class/net/${interfaceName}/${file}`, 'utf8'));
  } catch {
    return undefined;
  }
}

const { AF_CAN, SOCK_RAW, SOCK_NONBLOCK } = constants;
if (AF_CAN === undefined) notHere('CAN sockets are of Linux alone');
const hears = socket(AF_CAN, SOCK_RAW | SOCK_NONBLOCK, CAN_RAW);
if (hears === -constants.EAFNOSUPPORT) notHere('this kernel has no CAN');
if (factOf('type') !== ARPHRD_CAN) notHere(`no CAN interface ${interfaceName}`);

/** `struct sockaddr_can` of the interface. */
const bus = Buffer.alloc(24);
bus.writeUInt16LE(AF_CAN, 0);
bus.writeInt32LE(factOf('ifindex'), 4);

/** `struct can_frame`: the identifier, the length, three bytes of nothing, up to 8 of data. */
function frameOf(id, data) {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32LE(id > 0x7ff ? (id | CAN_EFF_FLAG) >>> 0 : id, 0);
  frame[4] = data.length;
  frame.set(data, 8);
  return frame;
}

const sends = check(socket(AF_CAN, SOCK_RAW | SOCK_NONBLOCK, CAN_RAW), 'socket');
for (const fd of [check(hears, 'socket'), sends]) check(bind(fd, bus), 'bind');

const frame = Buffer.alloc(FRAME_BYTES);
watch(hears, { read: true }, (_ready, watcher) => {
  check(recv(hears, frame), 'recv');
  const id = frame.readUInt32LE(0) & 0x1fffffff;
  const data = frame.toString('hex', 8, 8 + frame[4]);
  console.log(`${interfaceName}: id ${id.toString(16)}, data ${data}`);
  if (data !== 'ff') return;
  watcher.close();
  for (const fd of [hears, sends]) close(fd);
});

check(send(sends, frameOf(0x123, [1, 2, 3])), 'send');
check(send(sends, frameOf(0x18daf110, [0xff])), 'send');
