// Tests run in processes of their own: they open descriptors, send signals and
// block threads. Nothing in them asserts on time; the limits only end a hang.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
