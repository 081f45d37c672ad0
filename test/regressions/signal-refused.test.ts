// A watch of a signal asks what the signal did before, to give that back. When the kernel
// would not say, it went on with nothing, the default action, and told nobody.
//
// Without the looks at what sigaction returns in native/process/signals_libuv.cc (libuv) and in
// Install of native/process/signal_table.cc (handler) the first watch of each succeeds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { temporaryFolder } from '../support/folder.js';

const preload = compiled('refuse-preload.c');
/** The number that refuse-preload.c has for it. */
const SIGACTION = 100;

describe.runIf(process.platform === 'linux').each(['libuv', 'handler'])('told by %s', (kind) => {
  it('a signal whose action the kernel refuses to tell is not watched, and that is told', () => {
    const orders = join(temporaryFolder(), 'orders');
    writeFileSync(orders, new Uint8Array(12));
    const result = runChild(
      `
      const refuse = (times) => fs.writeFileSync(${JSON.stringify(orders)},
        new Uint8Array(new Int32Array([c.EPERM, ${SIGACTION}, times]).buffer), { flag: 'r+' });
      const loop = new EventLoop();
      const watch = () => {
        try { return loop.onSignal('SIGUSR2', () => {}); } catch (error) { return error.code + ' ' + error.syscall; }
      };
      const before = countDescriptors();
      refuse(1);
      const told = [watch()];
      // Nothing is left of it, and it can be had now.
      told.push(countDescriptors() - before);
      const handle = watch();
      told.push(handle.active);
      handle.close();
      report(told);
    `,
      { env: { LD_PRELOAD: preload, RAWLOOP_REFUSE: orders, RAWLOOP_SIGNALS: kind } },
    );
    expect(result).toEqual(['EPERM sigaction', 0, true]);
  });
});
