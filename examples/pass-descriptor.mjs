// An open file goes to another process, which could not have opened it: what crosses the Unix
// socket is the descriptor, with its place in the file. See SCM_RIGHTS in unix(7).
import { fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLoop } from 'rawloop';
import { close } from 'rawloop/raw';

function send(folder) {
  const file = join(folder, 'file');
  writeFileSync(file, 'what only the parent may read');
  const path = join(folder, 'socket');
  const server = defaultLoop().listen(
    { path, mode: 0o600 },
    {
      open(socket) {
        const fd = openSync(file, 'r');
        rmSync(file);
        socket.write('a file', { fds: [fd] });
        // The peer's is a duplicate, also while it is on its way.
        closeSync(fd);
      },
      close() {
        server.close();
        rmSync(folder, { recursive: true });
      },
    },
  );
  fork(new URL(import.meta.url), [path]);
}

function receive(path) {
  defaultLoop().connect(
    { path },
    {
      data(socket, chunk, fds) {
        // What is not taken is closed when this returns.
        const [fd] = fds?.take() ?? [];
        if (fd === undefined) return;
        const text = Buffer.alloc(100);
        const count = readSync(fd, text);
        console.log(`${Buffer.from(chunk)}: "${text.toString('utf8', 0, count)}"`);
        // It is the loop's environment that opened it: raw.close, not closeSync.
        close(fd);
        socket.end();
      },
    },
  );
}

const path = process.argv[2];
if (path === undefined) send(mkdtempSync(join(tmpdir(), 'rawloop-')));
else receive(path);
