// package.json says that no module of the package has side effects: what a program imports
// and does not use is left out of its bundle, and importing it alone does nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { makeProject, place, prebuildPath, runScript } from './support.js';

const { project, packageFolder } = makeProject();

/** The code of a program with what it uses of the package. */
async function bundle(name: string, code: string): Promise<string> {
  const input = join(project, name);
  writeFileSync(input, code);
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  expect(output.length).toBe(1);
  return output[0].code;
}

test('an entry point that is imported and not used is not in the bundle', async () => {
  const code = await bundle(
    'unused.mjs',
    `import { EventLoop } from 'rawloop';
    import { FlightRecorder } from 'rawloop/inspect';
    console.log(new EventLoop());`,
  );
  expect(code).toMatch(/EventLoop = class/);
  expect(code).not.toContain('FlightRecorder');
});

test('nothing at all is, where nothing is used', async () => {
  const code = await bundle(
    'nothing.mjs',
    `import 'rawloop';
    import { FlightRecorder } from 'rawloop/inspect';
    import { read } from 'rawloop/raw';
    console.log('alone');`,
  );
  const lines = code.split('\n').filter((line) => /^[^/]/.test(line));
  expect(lines).toEqual(['console.log("alone");', 'export {};']);
});

test('what is used is', async () => {
  const code = await bundle(
    'used.mjs',
    `import { FlightRecorder } from 'rawloop/inspect';
    console.log(FlightRecorder);`,
  );
  expect(code).toMatch(/FlightRecorder = class/);
});

test('to import the package leaves the process as it was', () => {
  place(prebuildPath(packageFolder));
  const code = `
    const state = () => JSON.stringify({
      listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
      globals: Reflect.ownKeys(globalThis).map(String),
      resources: process.getActiveResourcesInfo(),
      symbols: Reflect.ownKeys(Symbol).map(String),
    });
    const before = state();
    for (const name of ['rawloop', 'rawloop/raw', 'rawloop/inspect', 'rawloop/node']) require(name);
    console.log(before === state() ? 'as it was' : state());`;
  expect(runScript(code, project).stdout.trim()).toBe('as it was');
});
