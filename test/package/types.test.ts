// The published types, checked by the real compiler in a project of their own:
// each way in which TypeScript resolves a package finds them, and they are not
// `any`. The libraries are checked too (no skipLibCheck), of every entry point.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, root, run } from './support.js';

const { project } = makeProject();
mkdirSync(join(project, 'node_modules', '@types'));
symlinkSync(
  join(root, 'node_modules/@types/node'),
  join(project, 'node_modules', '@types', 'node'),
  'dir',
);
symlinkSync(join(root, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'));
writeFileSync(join(project, 'package.json'), '{ "private": true }');

const PROGRAM = `
import { check, EventLoop, watch, type Socket } from 'rawloop';
import { FlightRecorder } from 'rawloop/inspect';
import * as raw from 'rawloop/raw';

const loop: EventLoop = new EventLoop({ maxEvents: 64 });
const server = loop.listen(
  { host: '127.0.0.1', port: 0 },
  {
    open(socket: Socket) {
      const queued: boolean = socket.write('hello');
      if (!queued) socket.pause();
    },
    data: (socket, chunk) => socket.write(chunk.slice()),
  },
);
const recorder: FlightRecorder = new FlightRecorder(loop).start();
recorder.stop();
const timer = loop.setTimeout((text: string) => text.length, 10, 'text');
timer.unref().ref();
watch(0, { read: true }, (_ready, watcher) => watcher.close());
const fd: number = check(raw.eventfd(0, raw.constants['EFD_NONBLOCK'] ?? 0), 'eventfd');
const flags: number = raw.fcntl(fd, 1);
{
  using scoped = new EventLoop();
  scoped.run('nowait');
}
export { flags, server };

// @ts-expect-error: a port is no string
loop.connect({ port: 'http' }, {});
// @ts-expect-error: there is no such option
new EventLoop({ threads: 4 });
// @ts-expect-error: there is no such export
import { nothing } from 'rawloop';
// @ts-expect-error: a descriptor is a number
raw.close('1');
`;

interface Case {
  module: string;
  moduleResolution: string;
  file: string;
  types?: string[];
}

const CASES: Record<string, Case> = {
  'node16, CommonJS': { module: 'node16', moduleResolution: 'node16', file: 'program.cts' },
  'node16, ES module': { module: 'node16', moduleResolution: 'node16', file: 'program.mts' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext', file: 'program.mts' },
  bundler: { module: 'esnext', moduleResolution: 'bundler', file: 'program.ts' },
  'bundler, without the types of Node': {
    module: 'esnext',
    moduleResolution: 'bundler',
    file: 'program.ts',
    types: [],
  },
};

function compile(name: string, { file, types = ['node'], ...resolution }: Case) {
  const folder = join(project, name.replace(/\W+/g, '-'));
  mkdirSync(folder);
  writeFileSync(join(folder, file), PROGRAM);
  const compilerOptions = {
    ...resolution,
    types,
    target: 'es2022',
    lib: types.length > 0 ? ['es2022'] : ['es2022', 'dom'],
    strict: true,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', folder], folder);
}

test.each(Object.entries(CASES))('a program compiles under %s', (name, options) => {
  const { status, stdout } = compile(name, options);
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
