// Which kqueue there is to test on, and the addon for it: the kernel's own on macOS and
// the BSDs; on Linux libkqueue, an emulation, when
//   RAWLOOP_KQUEUE_INCLUDE  is the folder that has sys/event.h
//   RAWLOOP_KQUEUE_LIB      is the library's file, libkqueue.so or libkqueue.a
// The addon is built for that in .cache/kqueue, apart from build/.
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { headerEnv, root, run, tool } from './project.mjs';

const FOLDER = join(root, '.cache/kqueue');
const KERNELS = ['darwin', 'freebsd'];

const NOTHING =
  'neither a BSD kernel nor libkqueue (set RAWLOOP_KQUEUE_INCLUDE to the folder of its ' +
  'sys/event.h and RAWLOOP_KQUEUE_LIB to its library file)';

/**
 * `{ skip }` says why there is none; else `on` names it and `env` loads it.
 *
 * @throws Error when the variables name what is not there, or the build fails
 */
export function kqueueAddon() {
  if (KERNELS.includes(process.platform)) return { on: `${process.platform}'s own`, env: {} };
  const { RAWLOOP_KQUEUE_INCLUDE: include, RAWLOOP_KQUEUE_LIB: library } = process.env;
  if (!include && !library) return { skip: NOTHING };
  if (!include || !existsSync(join(include, 'sys/event.h'))) {
    throw new Error(`RAWLOOP_KQUEUE_INCLUDE: no sys/event.h in '${include ?? ''}'`);
  }
  if (!library || !existsSync(library)) {
    throw new Error(`RAWLOOP_KQUEUE_LIB: no file '${library ?? ''}'`);
  }
  return { on: 'libkqueue, an emulation', env: build(resolve(include), resolve(library)) };
}

/** From a copy of the sources, so that build/ is left alone. */
function build(include, library) {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(join(FOLDER, 'native'), { recursive: true, force: true });
  for (const name of ['native', 'binding.gyp', 'package.json']) {
    cpSync(join(root, name), join(FOLDER, name), { recursive: true, preserveTimestamps: true });
  }
  const defines = [`-Dlibkqueue=${library}`, `-Dlibkqueue_include=${include}`, '-Dwerror=1'];
  const options = { cwd: FOLDER, env: headerEnv() };
  run(tool('node-gyp'), ['configure', '--silent', '--', ...defines], options);
  run(tool('node-gyp'), ['build', '--silent', '--jobs=max'], options);
  const folders = [dirname(library), process.env.LD_LIBRARY_PATH].filter(Boolean);
  return {
    RAWLOOP_ADDON: join(FOLDER, 'build/Release/rawloop.node'),
    LD_LIBRARY_PATH: folders.join(':'),
  };
}
