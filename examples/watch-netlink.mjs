// Network interfaces and their addresses as the kernel tells of them: a netlink socket, for
// which Node has no handle. Lists those that are there, and with a number of seconds as its
// argument goes on with what changes meanwhile (`ip link set NAME up`). See rtnetlink(7).
import { watch } from 'rawloop';
import { check, close, constants, recv, send, setsockopt, socket } from 'rawloop/raw';

// Of linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h. Numbers are little-endian, as all
// machines are that rawloop is built for.
const [NETLINK_ROUTE, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP] = [0, 270, 1];
const [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR] = [1, 5, 9];
const [NLM_F_REQUEST, NLM_F_DUMP, NLMSG_ERROR, NLMSG_DONE] = [0x001, 0x300, 2, 3];
const [RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK] = [16, 17, 18];
const [RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR] = [20, 21, 22];
const [IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_LINKINFO, IFLA_INFO_KIND] = [1, 3, 4, 18, 1];
const [IFA_ADDRESS, IFA_LOCAL, IFF_UP] = [1, 2, 1];

const { AF_NETLINK, SOCK_RAW, SOCK_NONBLOCK } = constants;
if (AF_NETLINK === undefined) {
  console.log('not available here: netlink is of Linux alone');
  process.exit(77);
}

/** The parts of netlink's lists: each has its length in front and begins at four bytes. */
function* parts(bytes, lengthAt) {
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(at);
    if (length < 4) throw new Error(`a part of ${length} bytes`);
    yield bytes.subarray(at, at + length);
    at += (length + 3) & ~3;
  }
}

/** Attributes by number: each is `struct rtattr` (length, number), then its value. */
function attributesOf(bytes) {
  const list = parts(bytes, (at) => bytes.readUInt16LE(at));
  return new Map([...list].map((one) => [one.readUInt16LE(2) & 0x3fff, one.subarray(4)]));
}

const textOf = (bytes) => bytes.toString('latin1', 0, bytes.indexOf(0));
const names = new Map();

/** `struct ifinfomsg` (family, type, index, flags, change), then attributes. */
function tellLink(type, body) {
  const [index, flags] = [body.readInt32LE(4), body.readUInt32LE(8)];
  const attributes = attributesOf(body.subarray(16));
  const name = textOf(attributes.get(IFLA_IFNAME));
  names.set(index, name);
  if (type === RTM_DELLINK) return console.log(`${index}: ${name} is gone`);
  const info = attributes.get(IFLA_LINKINFO);
  const kind = info && attributesOf(info).get(IFLA_INFO_KIND);
  const facts = [
    `${index}: ${name} is ${flags & IFF_UP ? 'up' : 'down'}`,
    `mtu ${attributes.get(IFLA_MTU)?.readUInt32LE()}`,
    attributes.get(IFLA_ADDRESS)?.toString('hex').replace(/..\B/g, '$&:'),
    kind && textOf(kind),
  ];
  console.log(facts.filter(Boolean).join(', '));
}

/** `struct ifaddrmsg` (family, prefix, flags, scope, index), then attributes. */
function tellAddress(type, body) {
  const [prefix, index] = [body[1], body.readUInt32LE(4)];
  const attributes = attributesOf(body.subarray(8));
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  const hex = bytes.toString('hex').match(/..../g).join(':');
  // URL has the short form of an IPv6 address.
  const address =
    bytes.length === 4 ? bytes.join('.') : new URL(`http://[${hex}]`).hostname.slice(1, -1);
  const change = type === RTM_NEWADDR ? 'has' : 'has no more';
  console.log(`${index}: ${names.get(index)} ${change} ${address}/${prefix}`);
}

const fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE), 'socket');
for (const group of [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR]) {
  check(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group), 'setsockopt');
}

/** Asks for all that there are: `struct nlmsghdr`, and an empty body. One list at a time. */
const lists = [RTM_GETLINK, RTM_GETADDR];
function askNext() {
  const type = lists.shift();
  if (type === undefined) return setTimeout(end, 1000 * Number(process.argv[2] ?? 0));
  const request = Buffer.alloc(32);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(type, 4);
  request.writeUInt16LE(NLM_F_REQUEST | NLM_F_DUMP, 6);
  check(send(fd, request), 'send');
}

function tell(type, body) {
  if (type === RTM_NEWLINK || type === RTM_DELLINK) tellLink(type, body);
  else if (type === RTM_NEWADDR || type === RTM_DELADDR) tellAddress(type, body);
  else if (type === NLMSG_DONE) askNext();
  else if (type === NLMSG_ERROR) check(body.readInt32LE(0), 'netlink');
}

const buffer = Buffer.alloc(65536);
const watcher = watch(fd, { read: true }, () => {
  // One datagram a call: what is left brings the next one, as it watches by level.
  const count = recv(fd, buffer);
  // More came than the socket holds: a program that keeps a list asks for all of it anew.
  if (count === -constants.ENOBUFS) return console.log('some changes are lost');
  const bytes = buffer.subarray(0, check(count, 'recv'));
  for (const message of parts(bytes, (at) => bytes.readUInt32LE(at))) {
    tell(message.readUInt16LE(4), message.subarray(16));
  }
});

function end() {
  watcher.close();
  close(fd);
}

askNext();
