// The server of examples/hot-restart is replaced under load, again and again: connections that
// were open go on where they were, and whoever comes meanwhile is served.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Run, root } from '../cli/support.js';

it('no connection is refused and no byte lost while a server is replaced', async () => {
  const program = join(root, 'examples/hot-restart/restart-under-load.mjs');
  const { code, stdout, stderr } = await new Run(process.execPath, [program, '5', '30']).ended;
  expect([code, stderr]).toEqual([0, '']);
  const counts = Object.fromEntries(
    [...stdout.matchAll(/^(\w+): (\d+)$/gm)].map(([, name, count]) => [name, Number(count)]),
  );
  expect(stdout).toContain('5 restarts under load');
  expect(counts).toMatchObject({ kept: 30, lost: 0, refused: 0 });
  // Those that were kept, and others that came between.
  expect(counts['connects']).toBeGreaterThan(60);
  expect(counts['answers']).toBeGreaterThan(1000);
});
