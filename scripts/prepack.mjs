#!/usr/bin/env node
// Before `npm pack`: makes what is missing, with what this machine has. One that
// only packs (no compiler, no development dependencies) packs what is there. Then the
// manifest and the pages are made fit for the package; scripts/postpack.mjs puts them back.
// `--pages` does the latter alone; `npm pack --ignore-scripts` leaves everything as it is.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dress } from './pack/dress.mjs';
import { hasFreshPrebuild, removeStalePrebuilds } from './prebuilds.mjs';
import { hasCommand, hasTool, root, run } from './project.mjs';

// The output of `npm pack` is the tarball's name: all else goes to stderr.
const quiet = { stdio: ['ignore', process.stderr, process.stderr] };
const say = (text) => console.error(`prepack: ${text}`);

function packJs() {
  if (hasTool('rolldown') && hasTool('typescript')) {
    run(join(root, 'scripts/build.mjs'), ['js'], quiet);
  } else if (existsSync(join(root, 'dist/index.cjs'))) {
    say('dist/ is packed as it is: no development dependencies to build it');
  } else {
    say('there is no dist/ and nothing to build it with: npm ci');
    process.exitCode = 1;
  }
}

function packNative() {
  if (hasFreshPrebuild()) return;
  const compiler = ['c++', 'g++', 'clang++'].some(hasCommand) && hasCommand('make');
  if (!compiler || !hasTool('prebuildify')) {
    say(`no fresh prebuild of ${process.platform}-${process.arch}, and no tools to make one`);
    return;
  }
  try {
    run(join(root, 'scripts/prebuild.mjs'), ['--quiet'], quiet);
    removeStalePrebuilds();
  } catch (error) {
    say(`the prebuild failed, the package goes without it: ${error.message}`);
  }
}

if (!process.argv.includes('--pages')) {
  packJs();
  packNative();
}
if (!process.exitCode) dress();
