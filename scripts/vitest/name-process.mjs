// Runs in each test process before its file: leaves a note of which process runs
// which file, for hang-reporter.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const folder = process.env.RAWLOOP_TEST_NOTES;
if (folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, String(process.pid)), expect.getState().testPath ?? '');
}
