// A refusal is no answer: where the kernel would not say whether a number is still what
// it was opened as, the descriptor was taken for another's and left open for ever.
//
// With Answer::kNo in the place of kUnsaid in native/os/identity_linux.cc every case of the
// first test leaves the descriptor open; with kYes those of the second close the host's.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { temporaryFolder } from '../support/folder.js';

const preload = compiled('refuse-preload.c');

/** How each is opened, and what the kernel refuses: the number that refuse-preload.c has. */
const KINDS = {
  'a socket': ['raw.socket(c.AF_INET, c.SOCK_STREAM, 0)', 57, 'EPERM'],
  'an eventfd': ['raw.eventfd(0)', 3, 'ENOSYS'],
  'an epoll': ['raw.epoll_create1(0)', 3, 'ENOMEM'],
} as const;

function told(script: string): unknown {
  const orders = join(temporaryFolder(), 'orders');
  writeFileSync(orders, new Uint8Array(12));
  return runChild(
    `
    const refuse = (code, op, times) => fs.writeFileSync(${JSON.stringify(orders)},
      new Uint8Array(new Int32Array([c[code], op, times]).buffer), { flag: 'r+' });
    const isOpen = (fd) => raw.fcntl(fd, c.F_GETFD) >= 0;
    ${script}`,
    { env: { LD_PRELOAD: preload, RAWLOOP_REFUSE: orders } },
  );
}

describe
  .runIf(process.platform === 'linux')
  .each(Object.entries(KINDS).map(([name, [open, op, code]]) => [name, open, op, code] as const))(
  '%s of which the kernel says nothing',
  (_, open, op, code) => {
    it('when it is closed, is closed', () => {
      const result = told(`
      const fd = ${open};
      refuse('${code}', ${op}, 1e6);
      report([raw.close(fd), isOpen(fd)]);
    `);
      expect(result).toEqual([0, false]);
    });

    it('and whose number is a file by now, is left alone', () => {
      const result = told(`
      const fd = ${open};
      fs.closeSync(fd);
      while (fs.openSync(process.execPath) < fd);
      refuse('${code}', ${op}, 1e6);
      report([raw.close(fd), isOpen(fd)]);
    `);
      expect(result).toEqual([expect.any(Number), true]);
      expect(result).not.toEqual([0, true]);
    });

    it('when it is opened, is closed all the same', () => {
      const result = told(`
      refuse('${code}', ${op === 3 ? 1 : op}, 1e6);
      const fd = ${open};
      refuse('${code}', ${op}, 0);
      report([raw.close(fd), isOpen(fd)]);
    `);
      expect(result).toEqual([0, false]);
    });
  },
);
