// A pin that changes, by the files of sysfs: the kernel reports such a file as `priority`.
// Usage: node examples/watch-gpio.mjs /sys/class/gpio/gpio17/value [changes]
// The pin is exported before: `echo 17 > /sys/class/gpio/export`. The newer way is a request
// for lines of /dev/gpiochipN, by `ioctl` of rawloop/raw; the descriptor that it gives is
// watched with `read`.
import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { watch } from 'rawloop';

const [path, changes = 'Infinity'] = process.argv.slice(2);
if (path === undefined || !existsSync(path)) {
  console.log('usage: node examples/watch-gpio.mjs /sys/class/gpio/gpioN/value [changes]');
  console.log(`not available here: ${path === undefined ? 'no pin was named' : `no ${path}`}`);
  process.exit(77);
}

// Which changes are told: rising, falling or both. An output has no such file.
const edge = join(dirname(path), 'edge');
if (existsSync(edge)) writeFileSync(edge, 'both');

const fd = openSync(path, 'r');
const bytes = Buffer.alloc(256);

/** From the start of the file, each time: that is what tells the kernel that it was seen. */
function value() {
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0)).trim();
}

let count = 0;
// sysfs sets `error` with each change: it is how such files tell, and nothing has failed.
watch(fd, { priority: true }, (_ready, watcher) => {
  console.log(`is now ${value()}`);
  if (++count < Number(changes)) return;
  watcher.close();
  closeSync(fd);
});
// After that, as what changes from here on is told.
console.log(`is ${value()}`);
