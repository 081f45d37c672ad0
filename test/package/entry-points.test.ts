// The exports map: each entry point loads by `require` and by `import`, with
// types for both, and however it is loaded there is one instance.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeProject, place, prebuildPath, root, run, runScript, userEnv } from './support.js';

interface Conditions {
  types: string;
  default: string;
}
type Manifest = {
  version: string;
  main: string;
  module: string;
  types: string;
  bin: { rawloop: string };
  dependencies?: unknown;
  exports: Record<string, string | { module: Conditions; import: Conditions; require: Conditions }>;
};

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const subpaths = Object.keys(manifest.exports).filter((key) => key !== './package.json');
const specifiers = subpaths.map((key) => key.replace(/^\./, 'rawloop'));

const { project, packageFolder } = makeProject();
beforeAll(() => {
  place(prebuildPath(packageFolder));
});

/** Runs code that prints JSON. */
function evaluate(code: string, options?: { module: boolean }): unknown {
  const { status, stdout, stderr } = runScript(code, project, options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('every file that package.json names is there', () => {
  const named = Object.values(manifest.exports).flatMap((value) =>
    typeof value === 'string'
      ? [value]
      : [value.module, value.import, value.require].flatMap((each) => [each.types, each.default]),
  );
  named.push(manifest.main, manifest.module, manifest.types, manifest.bin.rawloop);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('every entry of dist/ is in the exports map', async () => {
  const { entries } = (await import(join(root, 'rolldown.config.mjs'))) as {
    entries: Record<string, string>;
  };
  const named = Object.keys(entries).map((name) => (name === 'index' ? '.' : `./${name}`));
  expect(named.sort()).toEqual([...subpaths].sort());
});

test('there are no runtime dependencies', () => {
  expect(manifest.dependencies ?? {}).toEqual({});
});

test.each(specifiers)('require and import of %s give the same objects', (specifier) => {
  const code = `
    const required = require('${specifier}');
    import('${specifier}').then((imported) => {
      const names = Object.keys(imported);
      const different = names.filter((name) => imported[name] !== required[name]);
      const missing = Object.keys(required).filter((name) => !names.includes(name));
      console.log(JSON.stringify({ count: names.length, different, missing }));
    });`;
  const { count, ...rest } = evaluate(code) as { count: number };
  expect(rest).toEqual({ different: [], missing: [] });
  expect(count).toBeGreaterThan(0);
});

test.each(specifiers)('bundlers find the same names in %s', async (specifier) => {
  const name = specifier === 'rawloop' ? 'index' : specifier.replace('rawloop/', '');
  const [forBundlers, forNode] = await Promise.all(
    [`dist/esm/${name}.mjs`, `dist/${name}.mjs`].map((file) => import(join(root, file))),
  );
  expect(Object.keys(forBundlers as object)).toEqual(Object.keys(forNode as object));
});

test('an ES module shares one instance with a CommonJS one', () => {
  const code = `
    import { createRequire } from 'node:module';
    import { EventLoop, SystemError, constants, defaultLoop } from 'rawloop';
    import * as raw from 'rawloop/raw';
    const required = createRequire(process.cwd() + '/x.js')('rawloop');
    console.log(JSON.stringify([
      EventLoop === required.EventLoop,
      defaultLoop() === required.defaultLoop(),
      SystemError === raw.SystemError,
      constants === raw.constants,
    ]));
    defaultLoop().close();`;
  expect(evaluate(code, { module: true })).toEqual([true, true, true, true]);
});

test('what is not exported cannot be reached', () => {
  const { status, stderr } = runScript(`require('rawloop/dist/index.cjs')`, project);
  expect(status).toBe(1);
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('package.json can be read', () => {
  expect(evaluate(`console.log(JSON.stringify(require('rawloop/package.json').name))`)).toBe(
    'rawloop',
  );
});

test('the command is executable and has a shebang', () => {
  const command = join(packageFolder, manifest.bin.rawloop);
  expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(statSync(command).mode & 0o111).toBe(0o111);
  const { status, stdout } = run(command, ['--help'], project, userEnv());
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: rawloop');
});

test.each(['--version', '-v'])('rawloop %s tells the version alone', (flag) => {
  const command = join(packageFolder, manifest.bin.rawloop);
  const { status, stdout, stderr } = run(command, [flag], project, userEnv());
  expect({ status, stdout, stderr }).toEqual({
    ...{ status: 0, stdout: `${manifest.version}\n`, stderr: '' },
  });
});

test('the built code is strict, as the source is', () => {
  const code = readFileSync(join(packageFolder, 'dist/index.cjs'), 'utf8');
  expect(code).toMatch(/^["']use strict["']/);
});
