// A Unix socket's file where the kernel refuses a call on the way to it: strace makes them fail.
//
// Tried: without limitMode in lib/unix/path.ts the permissions are chmod's alone, and the first
// server of the first test cannot start; without the removal in setMode the second leaves its
// file; where a refused lock is taken for another's, nothing is taken over in the second test;
// where isDead says false and does not throw, nobody hears why in the last, and where it says
// true the file of a server that lives is taken over.
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasStrace, runChild } from '../support/child.js';
import { temporaryFolder } from '../support/folder.js';

/** `begin(mode, umask)` starts a server at `path`. */
const SERVERS = (path: string) => `
  const path = ${JSON.stringify(path)};
  const loop = new EventLoop();
  const before = countDescriptors();
  const begin = (mode, umask = 0) => {
    process.umask(umask);
    try {
      return loop.listen({ path, mode }, {});
    } finally {
      process.umask(0o022);
    }
  };
  const modeOf = () => (fs.lstatSync(path).mode & 0o777).toString(8);
  const end = (server) => {
    server.close();
    loop.run('nowait');
  };`;

describe.skipIf(!hasStrace || process.platform !== 'linux')('the file of a socket', () => {
  it('has its permissions from its birth on, or is not left', () => {
    const path = join(temporaryFolder(), 'socket');
    const told = runChild(
      `${SERVERS(path)}
      const server = begin(0o600);
      const told = [modeOf()];
      end(server);
      // What the umask took would have to be given back.
      try {
        begin(0o600, 0o777);
      } catch (error) {
        told.push(error.code, countDescriptors() - before);
      }
      report([...told, fs.readdirSync(${JSON.stringify(dirname(path))})]);`,
      { strace: ['inject=chmod,fchmodat:error=EPERM'] },
    );
    expect(told).toEqual(['600', 'EPERM', 0, []]);
  });

  it('has them where a socket can have none, and is taken over where no folder can be locked', () => {
    const path = join(temporaryFolder(), 'socket');
    const told = runChild(
      `${SERVERS(path)}
      const fd = raw.socket(c.AF_UNIX, c.SOCK_STREAM);
      raw.bind(fd, { family: 'unix', path });
      raw.close(fd);
      const server = begin(0o660);
      const told = [modeOf()];
      end(server);
      report([...told, countDescriptors() - before, fs.existsSync(path)]);`,
      { strace: ['inject=fchmod:error=EINVAL', 'inject=flock:error=ENOLCK'] },
    );
    expect(told).toEqual(['660', 0, false]);
  });

  it.each([
    ['connect', 'EACCES'],
    ['socket', 'ENOBUFS'],
  ])('is left alone where nobody can say who is behind it, by %s', (call, code) => {
    const path = join(temporaryFolder(), 'socket');
    const told = runChild(
      `${SERVERS(path)}
      const server = begin(0o600);
      try {
        begin(0o600);
      } catch ({ code, syscall, cause }) {
        report([code, syscall, cause.code, cause.syscall, fs.existsSync(path)]);
      }`,
      // Of sockets the first is the server's, the second the other's.
      { strace: [`inject=${call}:error=${code}:when=${call === 'socket' ? 3 : 1}+`] },
    );
    expect(told).toEqual(['EADDRINUSE', 'bind', code, call, true]);
  });
});
