// Datagrams in a network of their own, as the loopback has no groups of IPv6 and no way that
// is narrow: groups by interface and source, link-local addresses with their zone, and a
// datagram that is longer than the way takes, which is told once.
//
// The last was seen to fail while errors of this machine's own were told from the queue as well.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hasNetworks, runChild } from '../support/child.js';

const PAIR = 'ip link add va type veth peer name vb';
const hasPairs =
  hasNetworks && spawnSync('unshare', ['-Urn', 'sh', '-c', PAIR], { stdio: 'ignore' }).status === 0;
const network = [
  'ip link set lo mtu 1500',
  PAIR,
  'ip -6 addr add fd00::1/64 dev va nodad',
  'ip -6 addr add fd00::2/64 dev vb nodad',
  'ip -6 addr add fd00::3/64 dev vb nodad',
  'ip -6 addr add fe80::1/64 dev va nodad',
  'ip -6 addr add fe80::2/64 dev vb nodad',
  'ip link set va up',
  'ip link set vb up',
].join(' && ');

const SCRIPT = `
  const loop = new EventLoop();
  const heard = new Set(), errors = [];
  const told = (name) => ({
    message(socket, chunk, from, { local }) {
      heard.add([name, Buffer.from(chunk).toString(), from.address, local?.group].join(' '));
      if (String(Buffer.from(chunk)) === 'link') socket.send('back', from, { local });
    },
    error: (socket, error, to) => name === 'long' && errors.push([error.code, to?.port]),
  });
  const info = { pktinfo: true };
  const member = loop.dgram({ host: '::', port: 7001, info }, told('member'));
  member.join('ff02::77', { interface: 'va' });
  member.join('ff35::99', { interface: 'va', source: 'fd00::2' });
  const senders = ['fd00::2', 'fd00::3'].map((host) => loop.dgram({ host }, told(host)));
  for (const sender of senders) sender.setMulticast({ interface: 'vb' });
  loop.dgram({ host: 'fe80::1%va', port: 7002, info }, told('link'));
  const near = loop.dgram({ host: 'fe80::2%vb' }, told('near'));
  const long = loop.dgram({ host: '127.0.0.1' }, told('long'));
  long.setOption('IP_MTU_DISCOVER', 2);
  long.send(new Uint8Array(3000), { host: '127.0.0.1', port: 7003 });
  const end = () => {
    loop.close();
    report({ heard: [...heard].sort(), errors });
  };
  // Until the pair of interfaces has found itself.
  const asking = loop.setInterval(() => {
    for (const sender of senders) {
      sender.send('group', { host: 'ff02::77', port: 7001 });
      sender.send('source', { host: 'ff35::99', port: 7001 });
    }
    near.send('link', { host: 'fe80::1%vb', port: 7002 });
    if (heard.size < 5) return;
    loop.clearInterval(asking);
    // What is not to come would have by then.
    loop.setTimeout(end, 50);
  }, 20);
  loop.attach();
`;

it.runIf(hasPairs)('groups of IPv6, zones, and a way that is too narrow', () => {
  expect(runChild(SCRIPT, { network })).toEqual({
    heard: [
      'link link fe80::2%va ',
      'member group fd00::2 ff02::77',
      'member group fd00::3 ff02::77',
      'member source fd00::2 ff35::99',
      'near back fe80::1%vb ',
    ],
    errors: [['EMSGSIZE', 7003]],
  });
});
