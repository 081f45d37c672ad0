// The examples that need a device, with something of the kernel's that stands in for it: a
// FIFO for evdev, a file of sysctl for a pin of sysfs (both tell by `priority`).
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../package/support.js';
import { Run, root } from './support.js';

const example = (name: string) => join(root, 'examples', name);
const node = process.execPath;
const canUnshare = (...options: string[]) =>
  spawnSync('unshare', [...options, 'true'], { stdio: 'ignore' }).status === 0;

/** A `struct input_event` of 64 bits. */
function inputEvent(type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeBigInt64LE(12n, 0);
  bytes.writeBigInt64LE(345_678n, 8);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(code, 18);
  bytes.writeInt32LE(value, 20);
  return bytes;
}

describe('watch-evdev.mjs', () => {
  it('prints each record, and the end of the device', async () => {
    const fifo = join(makeFolder(), 'event0');
    execFileSync('mkfifo', [fifo]);
    const fd = openSync(fifo, 'r+');
    const run = new Run(node, [example('watch-evdev.mjs'), fifo]);
    writeSync(fd, Buffer.concat([inputEvent(1, 30, 1), inputEvent(0, 0, 0)]));
    await run.said(/value 1/);
    writeSync(fd, Buffer.concat([inputEvent(2, 8, -1), inputEvent(0, 0, 0)]));
    await run.said(/value -1/);
    closeSync(fd);
    const { code, stdout, stderr } = await run.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '12.345678 EV_KEY code 30 value 1',
      '12.345678 EV_REL code 8 value -1',
      'the device is gone (hangup: true)',
    ]);
  });

  it('without a device prints its usage and ends with 77', async () => {
    const { code, stdout } = await new Run(node, [example('watch-evdev.mjs')]).ended;
    expect(code).toBe(77);
    expect(stdout).toMatch(/^usage: [\s\S]*^not available here: /m);
  });
});

describe('watch-gpio.mjs', () => {
  it.runIf(canUnshare('-Ur', '--uts'))('prints the value, and each change', async () => {
    const name = '/proc/sys/kernel/hostname';
    const script = `
      echo zero > ${name}
      "$0" "$1" ${name} 2 &
      while read word; do echo "$word" > ${name}; done
      wait`;
    const args = ['-Ur', '--uts', 'sh', '-c', script, node, example('watch-gpio.mjs')];
    const run = new Run('unshare', args);
    await run.said(/^is zero$/m);
    run.child.stdin?.write('one\n');
    await run.said(/^is now one$/m);
    run.child.stdin?.end('two\n');
    const { stdout, stderr } = await run.ended;
    expect(stderr).toBe('');
    expect(stdout).toBe('is zero\nis now one\nis now two\n');
  });

  it('without a pin prints its usage and ends with 77', async () => {
    const { code, stdout } = await new Run(node, [example('watch-gpio.mjs'), '/no/pin']).ended;
    expect(code).toBe(77);
    expect(stdout).toMatch(/^usage: [\s\S]*^not available here: no \/no\/pin$/m);
  });
});
