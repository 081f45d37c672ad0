// Descriptors that Node has no handle for: an eventfd and a FIFO. `watch` waits for
// any descriptor the kernel can poll. It is borrowed: who opened it reads and closes it.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants as files, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watch } from 'rawloop';
import { check, close, constants, eventfd, read, supported, write } from 'rawloop/raw';

function watchEventfd() {
  const fd = check(eventfd(0, constants.EFD_NONBLOCK), 'eventfd');
  const counter = new BigUint64Array(1);
  watch(fd, { read: true }, (_ready, watcher) => {
    check(read(fd, counter), 'read');
    console.log(`eventfd: the counter stands at ${counter[0]}`);
    watcher.close();
    close(fd);
  });
  // Two writes before the loop looks are one event.
  for (const step of [40n, 2n]) check(write(fd, BigUint64Array.of(step)), 'write');
}

function watchFifo() {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  // Non-blocking: without, open(2) would wait for a writer, and the whole process with it.
  const fd = openSync(path, files.O_RDONLY | files.O_NONBLOCK);
  const bytes = Buffer.alloc(1024);
  watch(fd, { read: true }, (ready, watcher) => {
    const count = check(read(fd, bytes), 'read');
    if (count > 0) {
      console.log(`fifo: ${JSON.stringify(bytes.toString('utf8', 0, count))}`);
      return;
    }
    console.log(`fifo: the writer is gone (hangup: ${ready.hangup})`);
    watcher.close();
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  spawn('sh', ['-c', 'exec > "$0"; echo one; sleep 0.1; echo two', path], { stdio: 'inherit' });
}

if (supported.eventfd) watchEventfd();
watchFifo();
