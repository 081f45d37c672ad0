// Keys, buttons and axes as the kernel's input layer tells of them: one record for each
// change, in whole records. Usage: node examples/watch-evdev.mjs /dev/input/eventN
// Ends with the device (it is unplugged), or by Ctrl-C. See linux/input.h.
import { closeSync, constants as files, openSync, readdirSync } from 'node:fs';
import { watch } from 'rawloop';
import { check, constants, read } from 'rawloop/raw';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.log('usage: node examples/watch-evdev.mjs /dev/input/eventN');
  console.log(`not available here: no device was named; there ${listDevices()}`);
  process.exit(77);
}

function listDevices() {
  try {
    const names = readdirSync('/dev/input').filter((name) => name.startsWith('event'));
    if (names.length > 0) return `are /dev/input/${names.join(', ')}`;
  } catch {}
  return 'is none in /dev/input';
}

// struct input_event on 64 bits: a time of 16 bytes, type, code, value.
const RECORD_BYTES = 24;
const TYPES = { 0: 'EV_SYN', 1: 'EV_KEY', 2: 'EV_REL', 3: 'EV_ABS', 4: 'EV_MSC' };
const EV_SYN = 0;

const fd = openSync(path, files.O_RDONLY | files.O_NONBLOCK);
const bytes = Buffer.alloc(64 * RECORD_BYTES);

watch(fd, { read: true }, (ready, watcher) => {
  // One read a call: whatever is left makes the loop call again, as it watches levels.
  const count = read(fd, bytes);
  if (count === -constants.EAGAIN) return;
  // Unplugged: ENODEV, and a hangup with it. A pipe in a device's place: 0 bytes.
  if (count === 0 || count === -constants.ENODEV) {
    console.log(`the device is gone (hangup: ${ready.hangup})`);
    watcher.close();
    closeSync(fd);
    return;
  }
  for (let at = 0; at < check(count, 'read'); at += RECORD_BYTES) {
    const seconds = Number(bytes.readBigInt64LE(at)) + Number(bytes.readBigInt64LE(at + 8)) / 1e6;
    const type = bytes.readUInt16LE(at + 16);
    if (type === EV_SYN) continue;
    const [code, value] = [bytes.readUInt16LE(at + 18), bytes.readInt32LE(at + 20)];
    console.log(`${seconds.toFixed(6)} ${TYPES[type] ?? type} code ${code} value ${value}`);
  }
});
