// Network interfaces as the kernel tells of them: a netlink socket, for which Node has no
// handle. It asks for those that are there, and with a number of seconds as its argument
// prints what changes meanwhile (`ip link set NAME down`). See netlink(7), rtnetlink(7).
import { watch } from 'rawloop';
import { check, close, constants, recv, send, setsockopt, socket } from 'rawloop/raw';

// Of linux/netlink.h, rtnetlink.h, if.h, if_link.h. Numbers are little-endian, as all
// machines are that rawloop is built for.
const [NETLINK_ROUTE, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK] = [0, 270, 1, 1];
const [NLMSG_DONE, RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK] = [3, 16, 17, 18];
const [NLM_F_REQUEST, NLM_F_DUMP, IFLA_IFNAME, IFF_UP] = [0x001, 0x300, 3, 1];

if (constants.AF_NETLINK === undefined) {
  console.log('not available here: netlink is of Linux alone');
  process.exit(77);
}

/** The parts of netlink's lists: each has its length in front and begins at four bytes. */
function* parts(bytes, readLength) {
  for (let at = 0; at < bytes.length; ) {
    const length = readLength(at);
    yield bytes.subarray(at, at + length);
    at += (length + 3) & ~3;
  }
}

/** What an RTM_NEWLINK or RTM_DELLINK message says: `struct ifinfomsg`, then attributes. */
function tell(type, message) {
  const [index, flags] = [message.readInt32LE(20), message.readUInt32LE(24)];
  const attributes = message.subarray(32);
  for (const one of parts(attributes, (at) => attributes.readUInt16LE(at))) {
    if (one.readUInt16LE(2) !== IFLA_IFNAME) continue;
    const state = type === RTM_DELLINK ? 'is gone' : flags & IFF_UP ? 'is up' : 'is down';
    console.log(`${index}: ${one.toString('latin1', 4, one.length - 1)} ${state}`);
  }
}

const { AF_NETLINK, SOCK_RAW, SOCK_NONBLOCK } = constants;
const fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE), 'socket');
check(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK), 'setsockopt');

const buffer = Buffer.alloc(65536);
const watcher = watch(fd, { read: true }, () => {
  // One datagram a call: what is left brings the next one, as it watches by level.
  const bytes = buffer.subarray(0, check(recv(fd, buffer), 'recv'));
  for (const message of parts(bytes, (at) => bytes.readUInt32LE(at))) {
    const type = message.readUInt16LE(4);
    if (type === RTM_NEWLINK || type === RTM_DELLINK) tell(type, message);
    if (type === NLMSG_DONE) setTimeout(end, 1000 * Number(process.argv[2] ?? 0));
  }
});

function end() {
  watcher.close();
  close(fd);
}

// `struct nlmsghdr` and an empty `struct ifinfomsg`.
const request = Buffer.alloc(32);
request.writeUInt32LE(request.length, 0);
request.writeUInt16LE(RTM_GETLINK, 4);
request.writeUInt16LE(NLM_F_REQUEST | NLM_F_DUMP, 6);
check(send(fd, request), 'send');
