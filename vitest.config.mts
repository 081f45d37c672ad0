// Tests run in processes of their own: they open descriptors, send signals and
// block threads. Nothing in them asserts on time; the limits only end a hang.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { HangReporter } from './scripts/vitest/hang-reporter.mjs';

// CI counts the tests from this file.
const results = process.env['RAWLOOP_TEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['scripts/vitest/name-process.mjs'],
    reporters: [
      'default',
      new HangReporter(360_000),
      ...(results ? [['json', { outputFile: results }] as ['json', object]] : []),
    ],
    // The addon of this checkout, even when there is a prebuild as well.
    env: {
      RAWLOOP_ADDON:
        process.env['RAWLOOP_ADDON'] ??
        join(import.meta.dirname, 'build', 'Release', 'rawloop.node'),
    },
  },
});
