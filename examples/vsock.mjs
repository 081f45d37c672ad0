// A stream between a virtual machine and its host, here to itself: AF_VSOCK, where an address
// is the number of a machine and a port. loop.listen and loop.stream take such sockets as
// they take any stream. Needs the kernel's loopback for it (vsock_loopback). See vsock(7).
import { defaultLoop } from 'rawloop';
import { bind, check, connect, constants, getsockname, listen, socket } from 'rawloop/raw';

// Of linux/vm_sockets.h: this machine, any port.
const [VMADDR_CID_LOCAL, VMADDR_PORT_ANY] = [1, 0xffffffff];

function notHere(why) {
  console.log(`not available here: ${why}`);
  process.exit(77);
}

const { AF_VSOCK, SOCK_STREAM, EAFNOSUPPORT, EADDRNOTAVAIL } = constants;
if (AF_VSOCK === undefined) notHere('vsock is of Linux alone');
const server = socket(AF_VSOCK, SOCK_STREAM);
if (server === -EAFNOSUPPORT) notHere('this kernel has no vsock');

/** `struct sockaddr_vm`; any other family than IP and Unix is raw bytes. */
function machine(cid, port) {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_VSOCK, 0);
  address.writeUInt32LE(port, 4);
  address.writeUInt32LE(cid, 8);
  return address;
}

// At this machine alone: where the kernel has no such loopback, that is no address of it.
const bound = bind(check(server, 'socket'), machine(VMADDR_CID_LOCAL, VMADDR_PORT_ANY));
if (bound === -EADDRNOTAVAIL) notHere('no loopback for vsock: modprobe vsock_loopback');
check(bound, 'bind');
check(listen(server, 8), 'listen');
const { buffer, byteOffset } = getsockname(server);
const port = new DataView(buffer, byteOffset).getUint32(4, true);
const client = check(socket(AF_VSOCK, SOCK_STREAM), 'socket');
// Blocking, and answered by the kernel, as the backlog has room.
check(connect(client, machine(VMADDR_CID_LOCAL, port)), 'connect');

const loop = defaultLoop();
const listener = loop.listen(
  { fd: server },
  {
    data: (socket, chunk) => socket.write(chunk),
    close: () => listener.close(),
  },
);
const stream = loop.stream(
  client,
  {},
  {
    data(stream, chunk) {
      console.log(`echoed by machine ${VMADDR_CID_LOCAL}, port ${port}: ${Buffer.from(chunk)}`);
      stream.end();
    },
  },
);
stream.write('hello');
