#!/usr/bin/env node
// Builds prebuilds/<platform>-<arch>/rawloop[.<libc>].node, stripped: the file
// that the loader looks for first. As `prebuildify --napi --strip`, and besides
// the name says which C library it wants, for this Node's headers.
import { headerEnv, run, tool } from './project.mjs';

// On Linux alone: prebuildify would tag a macOS addon "glibc" as well.
const libcTag = process.platform === 'linux' ? ['--tag-libc'] : [];

run(
  tool('prebuildify'),
  ['--napi', '--strip', '--target', process.versions.node, ...libcTag, ...process.argv.slice(2)],
  { env: headerEnv() },
);
