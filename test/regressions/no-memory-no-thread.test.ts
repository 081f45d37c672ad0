// What cannot be had is told: `new` that fails, and a thread that is refused.
//
// Without the catch in Guarded, and with std::thread in the waiter: both end the
// process with SIGABRT.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const BUFFERS = 1000;
/** A napi_value each. */
const LIST_BYTES = BUFFERS * 8;

let folder: string;
let preload: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rawloop-'));
  preload = join(folder, 'refusing.so');
  const source = join(import.meta.dirname, '../support/refusing-preload.cc');
  execFileSync('g++', ['-shared', '-fPIC', '-O1', '-o', preload, source, '-ldl']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, env: Record<string, string> = {}): unknown {
  return runChild(script, { env: { ...env, LD_PRELOAD: preload } });
}

describe.runIf(process.platform === 'linux')('new that fails', () => {
  it('is an error of the call, and the next one goes on', () => {
    const script = `
      const [r, w] = raw.pipe2(c.O_NONBLOCK);
      raw.write(w, Buffer.from('abc'));
      const codes = [];
      for (const count of [${BUFFERS}, 1]) {
        try {
          codes.push(raw.readv(r, Array.from({ length: count }, () => new Uint8Array(8))));
        } catch (error) {
          codes.push(error.code);
        }
      }
      report(codes);
    `;
    const result = run(script, { FAILING_NEW_BYTES: String(LIST_BYTES) });
    expect(result).toEqual(['ERR_MEMORY_ALLOCATION_FAILED', 3]);
  });
});

describe.runIf(process.platform === 'linux')('a thread that cannot be had', () => {
  const ATTEMPT = `
    const attempt = (call) => {
      const before = countDescriptors();
      let error;
      process.env.NO_THREADS = '1';
      try { call(); } catch (thrown) { error = thrown; }
      delete process.env.NO_THREADS;
      return [error?.code, error?.syscall, countDescriptors() - before];
    };
    const loop = new EventLoop();
  `;

  it('to wait for the loop in the host is an error of attach, which may be called again', () => {
    const script = `${ATTEMPT}
      const told = attempt(() => loop.attach());
      loop.attach();
      loop.setTimeout(() => { report(told); loop.close(); }, 1);
    `;
    expect(run(script, { RAWLOOP_HOST: 'waiter' })).toEqual(['EAGAIN', 'attach', 0]);
  });

  it('for a file that tells of a change once is an error of the poller', () => {
    const script = `${ATTEMPT}
      const fd = fs.openSync('/proc/self/mountinfo');
      const poller = createPoller();
      const told = attempt(() => poller.add(fd, { priority: true }, 1));
      poller.add(fd, { priority: true }, 1);
      report([told, poller.delete(fd)]);
      poller.close();
      loop.close();
    `;
    expect(run(script)).toEqual([['EAGAIN', 'pthread_create', 0], true]);
  });

  it('for a thread server is an error of start, which may be called again', () => {
    const script = `${ATTEMPT}
      const server = new rawloop.ThreadPerConnectionServer({ host: '127.0.0.1', loop });
      const told = attempt(() => server.start());
      report([told, server.start().address.port > 0]);
      loop.close();
    `;
    expect(run(script)).toEqual([['EAGAIN', 'pthread_create', 0], true]);
  });
});
