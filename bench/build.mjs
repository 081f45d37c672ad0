// Compiles the C and C++ programs of this folder into build/: the servers
// to compare with and the load client. It needs a compiler and nothing else
// (no node-gyp, no CMake), and compiles again only what is older than a source.
// Honours CC, CXX, CPPFLAGS, CFLAGS, CXXFLAGS and LDFLAGS.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { BenchError } from './errors.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const sourceDir = join(here, 'native');
const outputDir = join(here, 'build');
const run = promisify(execFile);

/**
 * @typedef {object} Target
 * @property {'c' | 'c++'} language
 * @property {string[]} sources  paths below native/
 * @property {string[]} [libraries]
 * @property {string} [needs]  what an optional target cannot be built without
 */

/** @typedef {Error & { code?: number | string, stderr?: string }} ExecError */

const warnings = ['-Wall', '-Wextra'];

/** @type {Record<string, Target>} */
const targets = {
  'echo-epoll': { language: 'c', sources: ['echo-epoll.c', 'server.c'] },
  'echo-threads': {
    language: 'c',
    sources: ['echo-threads.c', 'server.c'],
    libraries: ['-pthread'],
  },
  'echo-libuv': {
    language: 'c',
    sources: ['echo-libuv.c', 'server.c'],
    libraries: ['-luv'],
    needs: 'uv.h and libuv (on Debian: libuv1-dev)',
  },
  'udp-epoll': { language: 'c', sources: ['udp-epoll.c', 'server.c'] },
  'udp-batch': { language: 'c', sources: ['udp-batch.c', 'server.c'] },
  'udp-libuv': {
    language: 'c',
    sources: ['udp-libuv.c', 'server.c'],
    libraries: ['-luv'],
    needs: 'uv.h and libuv (on Debian: libuv1-dev)',
  },
  'proxy-splice': { language: 'c', sources: ['proxy-splice.c', 'proxy-pipes.c', 'server.c'] },
  'pass-epoll': { language: 'c', sources: ['pass-epoll.c', 'server.c'] },
  'spawn-posix': { language: 'c', sources: ['spawn-posix.c'] },
  'run-once': { language: 'c', sources: ['run-once.c'] },
  load: {
    language: 'c++',
    sources: [
      'load.cc',
      ...['options', 'window', 'echo', 'churn', 'datagram', 'pass'].map((it) => `load/${it}.cc`),
    ],
  },
};

/**
 * @param {string} name of a target
 * @returns {string} where its program is, once built
 */
export function programPath(name) {
  return join(outputDir, name);
}

/**
 * Builds what is out of date.
 * @param {(line: string) => void} [log]
 * @param {string[]} [names] of targets; all of them by default
 * @returns {Promise<Record<string, string>>} for each optional target that
 *   could not be built: why
 * @throws {BenchError} without a compiler, or when a source does not compile
 */
export async function build(log = () => {}, names = Object.keys(targets)) {
  mkdirSync(outputDir, { recursive: true });
  const newestMs = newestSourceMs();
  /** @type {Record<string, string>} */
  const absent = {};
  for (const name of names) {
    const target = targets[name];
    if (modifiedMs(programPath(name)) > newestMs) continue;
    log(`compiling ${name}`);
    const complaint = await compile(name, target);
    if (complaint === undefined) continue;
    rmSync(programPath(name), { force: true });
    if (target.needs === undefined) {
      throw new BenchError(`${name} does not compile:\n${complaint}`);
    }
    absent[name] = `needs ${target.needs}: ${firstError(complaint)}`;
  }
  return absent;
}

/** @returns {Promise<string | null>} the version line of the C compiler, if there is one */
export async function compilerVersion() {
  const [command, ...rest] = compilerFor('c');
  const { stdout } = await run(command, [...rest, '--version']).catch(() => ({ stdout: '' }));
  return stdout.split('\n')[0] || null;
}

/**
 * @param {string} name
 * @param {Target} target
 * @returns {Promise<string | undefined>} what the compiler complained about
 */
async function compile(name, target) {
  const [command, ...rest] = compilerFor(target.language);
  // Whoever runs the program meanwhile, or builds it as well, is not disturbed.
  const made = `${programPath(name)}.${process.pid}`;
  const args = [
    ...rest,
    '-O2',
    target.language === 'c' ? '-std=gnu11' : '-std=c++17',
    ...warnings,
    ...words('CPPFLAGS'),
    ...words(target.language === 'c' ? 'CFLAGS' : 'CXXFLAGS'),
    '-o',
    made,
    ...target.sources.map((source) => join(sourceDir, source)),
    ...words('LDFLAGS'),
    ...(target.libraries ?? []),
  ];
  try {
    await run(command, args);
    renameSync(made, programPath(name));
    return undefined;
  } catch (error) {
    const { code, stderr, message } = /** @type {ExecError} */ (error);
    if (code === 'ENOENT') throw noCompiler(command, target.language);
    return stderr || message;
  }
}

/** @param {'c' | 'c++'} language */
function compilerFor(language) {
  const [variable, fallback] = language === 'c' ? ['CC', 'cc'] : ['CXX', 'c++'];
  const chosen = words(variable);
  return chosen.length > 0 ? chosen : [fallback];
}

/**
 * @param {string} command
 * @param {'c' | 'c++'} language
 */
function noCompiler(command, language) {
  const variable = language === 'c' ? 'CC' : 'CXX';
  return new BenchError(
    `the benchmarks need a ${language.toUpperCase()} compiler, and ` +
      `\`${command}\` was not found: install one (on Debian: ` +
      `build-essential) or name it in ${variable}`,
  );
}

/** @param {string} variable whose value is split at white space */
function words(variable) {
  return (process.env[variable] ?? '').split(/\s+/).filter(Boolean);
}

/** @param {string} complaint of a compiler */
function firstError(complaint) {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /error|cannot find/.test(text));
  const text = line ?? lines[0] ?? 'unknown';
  return text.replace(/^.*?(?:fatal error|error|ld): /, '').trim();
}

/** Any source, header or this file itself makes every program old. */
function newestSourceMs() {
  const names = readdirSync(sourceDir, { recursive: true });
  const paths = names.map((name) => join(sourceDir, String(name)));
  return Math.max(...[...paths, fileURLToPath(import.meta.url)].map(modifiedMs));
}

/** @param {string} path */
function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const absent = await build((line) => console.error(line));
    for (const [name, why] of Object.entries(absent)) {
      console.error(`${name} is absent: ${why}`);
    }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
