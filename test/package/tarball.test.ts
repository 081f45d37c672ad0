// What `npm pack` makes, on the machine of a user who has Node and npm, and no
// compiler: it installs, loads and serves, and nothing is built. A copy of the checkout
// is packed, with the addon that the other tests run on; RAWLOOP_PACK_BUILDS=1, which is how
// `npm run ok` runs it, has `npm pack` compile one, as who publishes does.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeFolder, place, prebuildPath, root, run, userEnv } from './support.js';

const PACK_LIMIT_MS = 300_000;
const SOURCES = [
  ...[
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'compat',
    'docs',
    'examples',
    'include',
  ],
  ...['lib', 'native', 'scripts', 'binding.gyp', 'CMakeLists.txt'],
  ...['rolldown.config.mjs', 'tsconfig.json', 'tsconfig.build.json'],
];
/** What would build an addon, were it asked. */
const COMPILERS = [
  ...['node-gyp', 'make', 'cmake', 'ninja', 'cc', 'c++', 'gcc', 'g++', 'clang', 'clang++'],
  ...['python', 'python3'],
];

let tarball: string;
/** A PATH with node, npm, npx and a shell, and stand-ins that tell on whoever calls them. */
let path: string;
let calls: string;
/** A project that has it, installed without scripts. */
let project: string;

function findCommand(name: string): string {
  const folders = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`${name} is not on the PATH`);
  return found;
}

/** As npm's own setting of the header folder goes: with the home folder. */
function packEnv() {
  return userEnv({ npm_config_cache: join(makeFolder(), 'cache') });
}

/** `npm pack` in a copy, as building in the checkout would disturb other tests. */
function pack(): string {
  const copy = makeFolder();
  for (const name of SOURCES.filter((source) => existsSync(join(root, source)))) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  if (process.env['RAWLOOP_PACK_BUILDS'] !== '1') place(prebuildPath(copy));
  const { status, stdout, stderr } = run(
    findCommand('npm'),
    ['pack', '--silent'],
    copy,
    packEnv(),
    PACK_LIMIT_MS,
  );
  expect(status, stderr).toBe(0);
  // Nothing else goes to stdout: a script can use the name.
  expect(stdout.trim()).toMatch(/^rawloop-[\d.]+\.tgz$/);
  return join(copy, stdout.trim());
}

function makePath(): string {
  const folder = join(makeFolder(), 'bin');
  mkdirSync(folder);
  for (const name of ['node', 'npm', 'npx', 'sh'])
    symlinkSync(findCommand(name), join(folder, name));
  calls = join(folder, 'calls');
  for (const name of COMPILERS) {
    const standIn = join(folder, name);
    writeFileSync(standIn, `#!/bin/sh\necho "${name} $*" >> '${calls}'\nexit 1\n`);
    chmodSync(standIn, 0o755);
  }
  return folder;
}

/** The whole environment of such a user. */
function bareEnv() {
  const home = makeFolder();
  return { PATH: path, HOME: home, TMPDIR: home, npm_config_cache: join(home, 'cache') };
}

const EMPTY = { name: 'empty', private: true };

function installInto(folder: string, manifest: object, ...options: string[]): string {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--offline', '--no-audit', '--no-fund', ...options, tarball];
  const { status, stderr } = run(join(path, 'npm'), args, folder, bareEnv());
  expect(status, stderr).toBe(0);
  return folder;
}

function runIn(folder: string, args: string[]) {
  return run(join(path, 'node'), args, folder, bareEnv());
}

beforeAll(() => {
  tarball = pack();
  path = makePath();
  project = installInto(makeFolder(), EMPTY, '--ignore-scripts');
}, PACK_LIMIT_MS);

test('it holds what a user needs and nothing to build', () => {
  const { stdout } = run('tar', ['tzf', tarball], root);
  const files = stdout.trim().split('\n');
  const tops = new Set(files.map((file) => file.split('/')[1] ?? ''));
  const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'docs', 'examples', 'include'];
  const code = ['compat', 'dist', 'package.json', 'prebuilds'];
  expect([...tops].sort()).toEqual([...pages, ...code].sort());
  // What other addons are built with, and one that shows how.
  const others = /^package\/(?:include|examples\/native-job)\//;
  const built = files.filter((file) => /\.(gyp|gypi|cc|h|c)$|CMakeLists|\.test\./.test(file));
  expect(built.filter((file) => !others.test(file))).toEqual([]);
  expect(built).toContain('package/include/rawloop.h');
  expect(files.filter((file) => file.endsWith('.node')).length).toBe(1);
});

test('its manifest has no install script, and asks for none', () => {
  const { stdout } = run('tar', ['xzOf', tarball, 'package/package.json'], root);
  const manifest = JSON.parse(stdout) as { scripts: object; gypfile: boolean };
  expect(Object.keys(manifest.scripts)).not.toContain('install');
  expect(Object.keys(manifest.scripts)).not.toContain('postinstall');
  expect(manifest.gypfile).toBe(false);
});

test('it installs without scripts and without a compiler, and loads both ways', () => {
  const required = runIn(project, ['-p', `typeof require('rawloop').EventLoop`]);
  expect(required).toMatchObject({ status: 0, stdout: 'function\n' });
  const code = `import { EventLoop } from 'rawloop'; import { read } from 'rawloop/raw';
    console.log(typeof EventLoop, typeof read);`;
  const imported = runIn(project, ['--input-type=module', '-e', code]);
  expect(imported).toMatchObject({ status: 0, stdout: 'function function\n' });
});

test('a plain install builds nothing', () => {
  const project = installInto(makeFolder(), EMPTY);
  expect(existsSync(calls) ? readFileSync(calls, 'utf8') : '').toBe('');
  expect(existsSync(join(project, 'node_modules/rawloop/build'))).toBe(false);
  expect(runIn(project, ['-e', `require('rawloop')`])).toMatchObject({ status: 0, stderr: '' });
});

test('npx rawloop --help works', () => {
  const { status, stdout } = run(join(path, 'npx'), ['rawloop', '--help'], project, bareEnv());
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: rawloop');
});

test('an echo server of ten lines echoes', () => {
  const program = join(project, 'echo.cjs');
  writeFileSync(
    program,
    `const { EventLoop } = require('rawloop');
    const loop = new EventLoop();
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      data: (socket, chunk) => socket.write(chunk),
      close: () => server.destroy(),
    });
    loop.connect({ host: '127.0.0.1', port: server.address.port }, {
      open: (socket) => socket.write('hello'),
      data: (socket, chunk) => { console.log(Buffer.from(chunk).toString()); socket.destroy(); },
    });
    loop.run();`,
  );
  expect(runIn(project, [program])).toMatchObject({ status: 0, stdout: 'hello\n', stderr: '' });
});

test('without its prebuild, the error tells what is missing', () => {
  const without = makeFolder();
  cpSync(project, without, { recursive: true });
  rmSync(join(without, 'node_modules/rawloop/prebuilds'), { recursive: true });
  const { status, stderr } = runIn(without, ['-e', `require('rawloop')`]);
  expect(status).toBe(1);
  expect(stderr).toContain(resolve(without, 'node_modules/rawloop/prebuilds'));
});

test('its lessons run where they are', () => {
  const lessons = join(project, 'node_modules/rawloop/examples/inside-out');
  const files = join(lessons, '14-files-in-memory.cjs');
  expect(runIn(project, [files, '--reads', '50'])).toMatchObject({
    stdout: expect.stringMatching(/^So with memory first \d+ of 100 reads/m),
    stderr: '',
    status: 0,
  });
  // What is in their folder support/ is there as well.
  expect(
    runIn(project, ['-p', `typeof require('${lessons}/support/load.cjs').load`]),
  ).toMatchObject({
    stdout: 'function\n',
  });
});

// With a real user of it, hot-shots, `npm run test:compat` does the same.
test('by an override it is the unix-dgram of a package that knows nothing of it', () => {
  const project = makeFolder();
  const user = join(project, 'user');
  mkdirSync(user);
  const optionalDependencies = { 'unix-dgram': '2.x' };
  const manifest = { name: 'user', version: '1.0.0', optionalDependencies };
  writeFileSync(join(user, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(user, 'index.js'), "module.exports = require('unix-dgram');");
  const dependencies = {
    user: 'file:user',
    'unix-dgram': 'file:node_modules/rawloop/compat/unix-dgram',
  };
  const overrides = { 'unix-dgram': '$unix-dgram' };
  const all = { ...EMPTY, dependencies, overrides };
  installInto(project, all, '--ignore-scripts', '--install-links=false');
  const path = join(project, 'socket');
  const code = `
    const { createSocket } = require('user');
    const server = createSocket('unix_dgram', (message) => {
      console.log(String(message), require('unix-dgram/package.json').version);
      server.close();
    });
    server.bind(${JSON.stringify(path)});
    const client = createSocket('unix_dgram');
    client.send(Buffer.from('sent'), 0, 4, ${JSON.stringify(path)}, () => client.close());`;
  expect(runIn(project, ['-e', code])).toMatchObject({
    stdout: 'sent 2.0.7\n',
    stderr: '',
    status: 0,
  });
});
