// The examples of other families of sockets, each in a network of its own, where interfaces
// may be made and changed. A family that this kernel lacks is skipped, and the example says
// why: examples.test.ts asks for that.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ended, Run, root } from './support.js';

/** Whether these commands work in a network of their own. */
const canDo = (...commands: string[]) =>
  spawnSync('unshare', ['-Urn', 'sh', '-ec', commands.join('\n')], { stdio: 'ignore' }).status ===
  0;

/** Runs an example in such a network, behind these commands. */
function inNetwork(name: string, commands: string, ...more: string[]): Promise<Ended> {
  const script = `${commands}\nexec "$0" "$@"`;
  const program = [process.execPath, join(root, 'examples', name), ...more];
  return new Run('unshare', ['-Urn', 'sh', '-ec', script, ...program]).ended;
}

describe('watch-netlink.mjs', () => {
  // A kernel has the one or the other.
  const kind = ['dummy', 'bridge', 'veth'].find((each) => canDo(`ip link add x type ${each}`));

  it.skipIf(kind === undefined)('prints what is there, and each change, decoded', async () => {
    const script = `
      "$0" "$1" 600 & node=$!
      while read -r line; do $line; done
      kill $node; wait`;
    const program = [process.execPath, join(root, 'examples', 'watch-netlink.mjs')];
    const run = new Run('unshare', ['-Urn', 'sh', '-c', script, ...program]);
    await run.said(/^1: lo is down, mtu 65536, 00:00:00:00:00:00$/m);
    const steps: [command: string, said: string][] = [
      ['ip link set lo up', '1: lo is up, mtu 65536'],
      ['true', '1: lo has 127.0.0.1/8'],
      [
        `ip link add dummy0 type ${kind}`,
        `\\d+: dummy0 is down, mtu 1500, [0-9a-f:]{17}, ${kind}$`,
      ],
      ['ip link set dummy0 up', '\\d+: dummy0 is up'],
      ['ip link set dummy0 mtu 1400', '\\d+: dummy0 is up, mtu 1400'],
      ['ip addr add 192.0.2.7/24 dev dummy0', '\\d+: dummy0 has 192.0.2.7/24$'],
      ['ip addr del 192.0.2.7/24 dev dummy0', '\\d+: dummy0 has no more 192.0.2.7/24$'],
      ['ip link set dummy0 down', '\\d+: dummy0 is down, mtu 1400'],
      ['ip link del dummy0', '\\d+: dummy0 is gone$'],
    ];
    for (const [command, said] of steps) {
      run.child.stdin?.write(`${command}\n`);
      await run.said(new RegExp(`^${said}`, 'm'));
    }
    run.child.stdin?.end();
    expect((await run.ended).stderr).toBe('');
  });
});

describe('packet.mjs', () => {
  const can = canDo('ip link set lo up');

  it.skipIf(!can)('hears the datagram with its headers', async () => {
    const { code, stdout, stderr } = await inNetwork('packet.mjs', 'ip link set lo up');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'ethernet: 00:00:00:00:00:00 → 00:00:00:00:00:00',
      'ip: 127.0.0.1 → 127.0.0.1, ttl 64',
      'data: seen on its way',
    ]);
  });

  it.skipIf(!can)('says that the loopback is down', async () => {
    const { code, stdout } = await inNetwork('packet.mjs', '');
    expect([code, stdout]).toEqual([
      77,
      'not available here: the loopback is down: ip link set lo up\n',
    ]);
  });
});

describe('can.mjs', () => {
  const virtual = 'ip link add bus0 type vcan\nip link set bus0 up';

  it.skipIf(!canDo(virtual))('sends two frames and hears them', async () => {
    const { code, stdout, stderr } = await inNetwork('can.mjs', virtual, 'bus0');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('bus0: id 123, data 010203\nbus0: id 18daf110, data ff\n');
  });
});
