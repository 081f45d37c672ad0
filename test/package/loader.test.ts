// Where the addon is looked for, in which order, and what a user is told when
// none of the places has one that loads.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  buildPath,
  makeFolder,
  makeProject,
  place,
  prebuildName,
  prebuildPath,
  root,
  runScript,
} from './support.js';

/** Which addon file a process has loaded: Node reports its shared objects. */
const TELL_LOADED = `
  require('rawloop');
  const { sharedObjects } = process.report.getReport();
  console.log(sharedObjects.filter((path) => path.endsWith('.node')).join());`;

function loadedIn(project: string, env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = runScript(TELL_LOADED, project, { env });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trim();
}

const TELL_FAILURE = `
  try {
    require('rawloop');
  } catch ({ message, code, cause }) {
    const reason = cause && { message: cause.message, code: cause.code };
    console.log(JSON.stringify({ message, code, cause: reason }));
  }`;

interface Failure {
  message: string;
  code: string;
  cause?: { message: string; code?: string };
}

function failureIn(project: string, env: NodeJS.ProcessEnv = {}): Failure {
  return JSON.parse(runScript(TELL_FAILURE, project, { env }).stdout) as Failure;
}

test('the order: RAWLOOP_ADDON, the prebuild, build/Release', () => {
  const { project, packageFolder } = makeProject();
  const forced = place(join(makeFolder(), 'forced.node'));
  const prebuild = place(prebuildPath(packageFolder));
  const build = place(buildPath(packageFolder));

  expect(loadedIn(project, { RAWLOOP_ADDON: forced })).toBe(forced);
  expect(loadedIn(project)).toBe(prebuild);
  rmSync(prebuild);
  expect(loadedIn(project)).toBe(build);
});

test('a prebuild without a libc tag, as plain prebuildify names it, is found too', () => {
  const { project, packageFolder } = makeProject();
  const plain = place(prebuildPath(packageFolder, 'rawloop.node'));
  expect(loadedIn(project)).toBe(plain);
  // The tagged one is the surer one.
  const tagged = place(prebuildPath(packageFolder));
  expect(loadedIn(project)).toBe(tagged);
});

test('a prebuild that does not load gives way to build/Release', () => {
  const { project, packageFolder } = makeProject();
  const build = place(buildPath(packageFolder));
  writeFileSync(place(prebuildPath(packageFolder)), 'not a shared object');
  expect(loadedIn(project)).toBe(build);
});

test('without an addon, the error names every path that was tried', () => {
  const { project, packageFolder } = makeProject();
  const { message, code } = failureIn(project);
  expect(code).toBe('ERR_RAWLOOP_ADDON');
  expect(message).toContain(prebuildPath(packageFolder));
  expect(message).toContain(buildPath(packageFolder));
  expect(message.match(/no such file/g)?.length).toBeGreaterThanOrEqual(2);
});

test('a bad RAWLOOP_ADDON keeps the real reason of the dynamic loader', () => {
  const { project, packageFolder } = makeProject();
  const bad = join(makeFolder(), 'bad.node');
  writeFileSync(bad, 'not a shared object');
  const { message, code, cause } = failureIn(project, { RAWLOOP_ADDON: bad });
  expect(code).toBe('ERR_RAWLOOP_ADDON');
  expect(message).toContain(bad);
  expect(message).toContain(prebuildName());
  expect(message).toContain(buildPath(packageFolder));
  expect(cause?.code).toBe('ERR_DLOPEN_FAILED');
  expect(cause?.message).toContain(bad);
  // Its own words stand in the message, not only in the cause.
  expect(message).toContain(cause?.message.split('\n')[0]);
});

test('a RAWLOOP_ADDON that is not there is named as such', () => {
  const { project } = makeProject();
  const { message } = failureIn(project, { RAWLOOP_ADDON: '/nowhere/rawloop.node' });
  expect(message).toMatch(/\/nowhere\/rawloop\.node\n\s+no such file/);
});

test('a relative RAWLOOP_ADDON counts from the working directory', () => {
  const { project } = makeProject();
  const forced = place(join(project, 'addons', 'forced.node'));
  expect(loadedIn(project, { RAWLOOP_ADDON: 'addons/forced.node' })).toBe(forced);
  expect(failureIn(project, { RAWLOOP_ADDON: 'no.node' }).message).toContain(
    `${join(project, 'no.node')}\n`,
  );
});

/** The package's own modules for bundlers, as a bundle in a folder of its own. */
function makeBundle(): { folder: string; program: string } {
  const folder = join(makeFolder(), 'out');
  cpSync(join(root, 'dist/esm'), folder, { recursive: true });
  return { folder, program: `import '${join(folder, 'index.mjs')}'; ${TELL_SHARED}` };
}

const TELL_SHARED = `
  const { sharedObjects } = process.report.getReport();
  console.log(sharedObjects.filter((path) => path.endsWith('.node')).join());`;

test('a bundle finds prebuilds/ beside it, or the addon itself, and nothing above it', () => {
  const { folder, program } = makeBundle();
  place(join(folder, '../..', 'prebuilds', `${process.platform}-${process.arch}`, 'rawloop.node'));
  const prebuild = place(prebuildPath(folder));
  const single = place(join(folder, 'rawloop.node'));
  const load = () => runScript(program, makeFolder(), { module: true });
  expect(load().stdout.trim()).toBe(prebuild);
  rmSync(prebuild);
  expect(load().stdout.trim()).toBe(single);
  rmSync(single);
  expect(load().status).toBe(1);
});

test('without an addon, a bundle tells what to copy', () => {
  const { folder, program } = makeBundle();
  const { status, stderr } = runScript(program, makeFolder(), { module: true });
  expect(status).toBe(1);
  expect(stderr).toContain("code: 'ERR_RAWLOOP_ADDON'");
  expect(stderr).toContain(`${prebuildPath(folder)}\n    no such file`);
  expect(stderr).toContain('cp -r node_modules/rawloop/prebuilds FOLDER_OF_THE_BUNDLE');
});

test('on Windows the error says where it runs, and that WSL is the way', () => {
  const { project } = makeProject();
  const pretend = join(project, 'windows.cjs');
  writeFileSync(pretend, `Object.defineProperty(process, 'platform', { value: 'win32' });`);
  const { message, code } = failureIn(project, { NODE_OPTIONS: `--require=${pretend}` });
  expect(code).toBe('ERR_RAWLOOP_ADDON');
  expect(message).toBe(
    'rawloop: it runs on Linux, macOS and FreeBSD. On Windows use it inside WSL.',
  );
});

test('require and import of each entry point fail alike', () => {
  const { project } = makeProject();
  for (const specifier of ['rawloop', 'rawloop/raw']) {
    const code = `
      const codes = [];
      try { require('${specifier}'); } catch (error) { codes.push(error.code); }
      import('${specifier}').catch((error) => codes.push(error.code)).then(() =>
        console.log(codes.join()));`;
    expect(runScript(code, project).stdout.trim()).toBe('ERR_RAWLOOP_ADDON,ERR_RAWLOOP_ADDON');
  }
});
