// Trap 43, after fork(2): a child shares the pipe that its parent's signals come by, and
// the handler that writes to it. What the child gets is not its parent's. Told by libuv,
// the private loop gets a pipe of its own in the child: without LibuvSignals::ForkAll the
// parent hears a signal that nobody sent it. Our own handler looks at the pid: without
// `at_home` the same. What the child's signal does there then, test/signals says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChild } from '../support/child.js';

let folder: string;

function compile(source: string, output: string): void {
  const from = join(import.meta.dirname, '../support', source);
  const { include_dir } = createRequire(import.meta.url)('node-api-headers') as {
    include_dir: string;
  };
  execFileSync('cc', ['-shared', '-fPIC', `-I${include_dir}`, from, '-o', join(folder, output)]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rawloop-fork-'));
  compile('fork-addon.c', 'fork.node');
  // With it JavaScript runs in the child; see used-after-fork.test.ts.
  compile('fork-preload.c', 'preload.so');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.runIf(process.platform === 'linux').each(['libuv', 'handler'])(
  'told by %s, a signal of the child is not told in the parent',
  (dispatcher) => {
    const said = runChild(
      `const fork = require(${JSON.stringify(join(folder, 'fork.node'))});
    const loops = [new EventLoop(), new EventLoop()];
    let told = 0;
    for (const loop of loops) loop.onSignal('SIGUSR2', () => { told++; });
    const end = fork.inChild(() => {
      process.kill(Number(fs.readlinkSync('/proc/self')), 'SIGUSR2');
    });
    for (const loop of loops) loop.run();
    const ofChild = told;
    process.kill(process.pid, 'SIGUSR2');
    for (const loop of loops) loop.run();
    report([end, ofChild, told]);`,
      { env: { LD_PRELOAD: join(folder, 'preload.so'), RAWLOOP_SIGNALS: dispatcher } },
    );
    expect(said).toEqual([0, 0, 2]);
  },
);
