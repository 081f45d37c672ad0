// zig's library folder with a few files put in the place of its own: the compiler that is
// pinned does not build for riscv64 with glibc as it comes. All else are links, and the
// package stays as it was unpacked. With a newer zig, see whether this can go.
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../runtimes/fetch.mjs';

/**
 * zig 0.12.0-dev.1286: the header, which would list functions that glibc has but that always
 * fail, was left out, and the start file of programs, which no addon has, does not assemble.
 */
const RISCV64_GLIBC = {
  'libc/include/riscv64-linux-gnu/gnu/stubs-lp64d.h': '',
  'libc/glibc/sysdeps/riscv/start-2.33.S': '',
};

/** What is beside the compiler's command in the environment, for it to build `target`. */
export function zigEnv(folder, { arch, libc }) {
  if (arch !== 'riscv64' || libc !== 'glibc') return {};
  const copy = join(cacheFolder, 'cross/zig-lib-riscv64');
  rmSync(copy, { recursive: true, force: true });
  mirror(join(folder, 'lib'), copy, RISCV64_GLIBC);
  return { ZIG_LIB_DIR: copy };
}

/** Makes `copy`: links to all that is in `source`, and `files`, text by path, in their places. */
export function mirror(source, copy, files) {
  mkdirSync(copy, { recursive: true });
  const paths = Object.entries(files).map(([path, text]) => [path.split('/'), text]);
  const heads = new Set(paths.map(([[head]]) => head));
  for (const name of readdirSync(source)) {
    if (!heads.has(name)) symlinkSync(join(source, name), join(copy, name));
  }
  for (const head of heads) {
    const below = paths.filter(([[first]]) => first === head);
    const [[path, text]] = below;
    if (path.length === 1) writeFileSync(join(copy, head), text);
    else {
      const rest = below.map(([[, ...names], content]) => [names.join('/'), content]);
      mirror(join(source, head), join(copy, head), Object.fromEntries(rest));
    }
  }
}
