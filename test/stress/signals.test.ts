// A few thousand of the hundred thousand: README.md. With room for 16 records
// (native/process/realtime_table.h) it tells that most of the real-time ones were lost.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DRIVE_MODES } from '../support/drive.js';

const SCRIPT = join(import.meta.dirname, 'signals.mjs');
const COUNT = 3000;

it.runIf(process.platform === 'linux').concurrent.each(DRIVE_MODES)(
  'signals are told while bytes go, and Ctrl-C ends it, %s',
  async (mode) => {
    const args = [SCRIPT, '--json', '--count', String(COUNT), '--mode', mode];
    const [end, said] = await new Promise<[string | undefined, string]>((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve([error?.signal ?? undefined, stdout + stderr]),
      );
    });
    expect([end, JSON.parse(said)]).toEqual([
      'SIGINT',
      expect.objectContaining({ realtime: COUNT, interrupts: 1, faults: [] }),
    ]);
  },
);
