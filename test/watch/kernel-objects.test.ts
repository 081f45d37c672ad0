// loop.watch on a kernel object of each kind, real ones: docs/descriptors.md is the table. One
// that this kernel lacks, or that this user may not have, is skipped, with the reason.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Readiness } from '../../lib/watch/readiness.js';
import { DIST } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { KERNEL_OBJECTS, systemCalls } from './kernel-objects.js';

const onLinux = process.platform === 'linux' && raw.supported.epoll_wait;
const addon = compiled('syscall-addon.c');
/** What says that there is none of it: no such call or family, not for this user, a limit. */
const MISSING = ['ENOSYS', 'EPERM', 'EACCES', 'ENODEV', 'EAFNOSUPPORT', 'EMFILE', 'EXDEV'];

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

const areKnown = onLinux && !deviates(usedBackend, 'foreignObjects');

describe.runIf(areKnown).each(DRIVE_MODES)('a kernel object, %s', (mode) => {
  it.for(Object.entries(KERNEL_OBJECTS))(
    '%s is told when it has something',
    async ([kind, make], context) => {
      const { fd, stir, isTold, end } = make(systemCalls(addon));
      const code = MISSING.find((name) => fd === -(constants[name] ?? 0));
      if (code !== undefined) {
        await end?.();
        context.skip(`${kind}: ${code}`);
      }
      raw.check(raw.adopt(opened.keep(fd, kind)), 'adopt');
      let told: Readiness | undefined;
      const bytes = Buffer.alloc(65536);
      test.loop.watch(fd, { read: true }, (ready, watcher) => {
        told ??= ready;
        if (isTold !== undefined) raw.check(raw.read(fd, bytes), 'read');
        watcher.close();
      });
      test.loop.setTimeout(stir, 1);
      await drive(test.loop, mode);
      await end?.();
      expect(told).toMatchObject({ read: true, hangup: false, error: false });
      expect(isTold?.(bytes) ?? true).toBe(true);
    },
  );
});

/** For a child with a network of its own: a TUN device, and a packet that goes out by it. */
const TUN = `
const { execFileSync } = require('node:child_process');
const { createSocket } = require('node:dgram');
const fs = require('node:fs');
const [dist] = process.argv.slice(1);
const { EventLoop } = require(dist + '/index.cjs');
const { check, ioctl } = require(dist + '/raw.cjs');
const [TUNSETIFF, IFF_TUN, IFF_NO_PI] = [0x400454ca, 1, 0x1000];
const fd = fs.openSync('/dev/net/tun', fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
const request = Buffer.alloc(40);
request.write('tun0');
request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16);
check(ioctl(fd, TUNSETIFF, request), 'ioctl');
execFileSync('ip', ['addr', 'add', '192.0.2.1/24', 'dev', 'tun0']);
execFileSync('ip', ['link', 'set', 'tun0', 'up']);
const loop = new EventLoop().attach();
const packet = Buffer.alloc(2048);
loop.watch(fd, { read: true }, (ready, watcher) => {
  const length = fs.readSync(fd, packet);
  // IPv6 has things of its own to say as an interface comes up.
  if (packet[0] !== 0x45) return;
  console.log(packet.subarray(16, 20).join('.'), packet.toString('utf8', 28, length));
  watcher.close();
  sender.close();
});
const sender = createSocket('udp4');
sender.send('by the tunnel', 9, '192.0.2.2');
`;
const canTunnel =
  spawnSync('unshare', ['-Urn', 'sh', '-c', 'ip tuntap add x mode tun'], { stdio: 'ignore' })
    .status === 0;

const hasGuests = !deviates(usedBackend, 'notPollable');

it.runIf(canTunnel && hasGuests)('a TUN device is told of the packet that goes out by it', () => {
  const node = [process.execPath, '-e', TUN, DIST];
  const { stdout, stderr } = spawnSync('unshare', ['-Urn', ...node], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['192.0.2.2 by the tunnel\n', '']);
});
