// Tests run in processes of their own: they open descriptors, send signals and
// block threads. Nothing in them asserts on time; the limits only end a hang.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { HangReporter } from './scripts/vitest/hang-reporter.mjs';
import { LostReporter } from './scripts/vitest/lost-reporter.mjs';

// CI counts the tests from this file.
const results = process.env['RAWLOOP_TEST_RESULTS'];

/**
 * What `npm run test:quick` leaves out: the files that take seconds, as they start many
 * processes, Workers or clients. A rule of the loop itself has a quick test as well.
 */
const SLOW = [
  'test/{bench,cli,signals,guest,lessons,liveness,models,models-echo,package,page,peers}/**',
  'test/{torture,fuzz}/**',
  'test/order/node.test.ts',
  'test/poller/signals.test.ts',
  'test/pool/{abort,core,native-pool}.test.ts',
  'test/process/signal*.test.ts',
  'test/regressions/{cleared-timers-keep-memory,copies-of-the-package,event-consumed*}.test.ts',
  'test/regressions/{long-delay,nested-host-loop,number-closed-by-others}.test.ts',
  'test/regressions/{pool-process-exit,refused*,throwing-stops-host,used-after-fork}.test.ts',
  'test/regressions/{accept-without*,identity-refused,output-lost*,signal*,unref*,waker-state*}.test.ts',
  'test/regressions/worker*.test.ts',
];
const quick = process.env['RAWLOOP_TEST_QUICK'] === '1';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: quick ? [...configDefaults.exclude, ...SLOW] : configDefaults.exclude,
    pool: 'forks',
    // All cores, as most of the time a test waits for a child.
    maxWorkers: availableParallelism(),
    maxConcurrency: 16,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['scripts/vitest/name-process.mjs'],
    reporters: [
      'default',
      new HangReporter(240_000),
      new LostReporter(),
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
