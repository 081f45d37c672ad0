#!/usr/bin/env node
// `npm run test:sanitizers -- address|thread`: the contract suites (test/runtimes) with an
// addon that was built under AddressSanitizer and UBSan, or under ThreadSanitizer. A suite
// fails when it ends badly, when a limit ends it, and when it or a process of its own wrote
// a report. Before that, a fault made on purpose has to be told, or nothing is proved.
// Exit code 0, 1 when something was found or could not be found, 2 for a mistake in the
// call, 77 when it cannot run here.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAddon, libraryOf, missing, SANITIZERS } from './fuzz/build.mjs';
import { root } from './project.mjs';
import { badEnd, countsOf, runProgram } from './runtimes/run.mjs';

const LIMIT_MS = 300_000;
const SHOWN_LINES = 60;
/** `faults`: what test/sanitizers/fault.cc is built with. */
const KINDS = {
  address: { sanitizer: 'asan', faults: ['FAULT_MEMORY', 'FAULT_UNDEFINED'] },
  thread: { sanitizer: 'tsan', faults: ['FAULT_THREADS'] },
};
/** Node itself is not instrumented: what it leaks and shares is not looked at. */
const OPTIONS = {
  ASAN_OPTIONS: 'halt_on_error=1:detect_leaks=0:allocator_may_return_null=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:ignore_noninstrumented_modules=1:report_signal_unsafe=0',
};
const REPORT = /^.*(ERROR: AddressSanitizer|runtime error: |WARNING: ThreadSanitizer)/m;
// `load` copies the package to where it finds no addon.
const LEFT_OUT = ['load', 'runner', 'support'];

/** Runs a program under the sanitizer: how it ended, with what any process of it reported. */
async function runUnder({ sanitizer }, args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-sanitizer-'));
  const logPath = `log_path=${join(folder, 'report')}`;
  const options = Object.entries(OPTIONS).map(([name, value]) => [name, `${value}:${logPath}`]);
  try {
    const ended = await runProgram(process.execPath, args, {
      cwd: root,
      limitMs: LIMIT_MS,
      env: {
        ...{ ...process.env, ...Object.fromEntries(options), ...env },
        LD_PRELOAD: libraryOf(SANITIZERS[sanitizer].library),
      },
    });
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    // gcc's UBSan knows no file for its reports.
    const start = REPORT.exec(ended.output)?.index ?? ended.output.length;
    return { ...ended, reports: [...files, ended.output.slice(start)].join('\n').trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a library with this fault ends the process that loads it, with a report. */
async function findsFault(kind, fault) {
  const folder = join(root, '.cache/sanitizers');
  mkdirSync(folder, { recursive: true });
  const library = join(folder, `${fault}.node`);
  const flags = SANITIZERS[kind.sanitizer].flags.split(' ');
  const source = join(root, 'test/sanitizers/fault.cc');
  const common = ['-fno-sanitize-recover=all', '-std=c++17', '-O1', '-g1', '-fPIC', '-shared'];
  execFileSync('g++', [...flags, ...common, `-D${fault}`, '-o', library, source, '-pthread']);
  // It is no addon, which dlopen finds out once the library has been loaded.
  const program = `try { process.dlopen({ exports: {} }, ${JSON.stringify(library)}) } catch {}`;
  const { code, reports } = await runUnder(kind, ['-e', program]);
  return code !== 0 && reports !== '';
}

async function runSuite(kind, addon, suite) {
  const file = join(root, 'test/runtimes', `${suite}.cjs`);
  const ended = await runUnder(kind, [file], { RAWLOOP_ADDON: addon });
  const { passed, failed } = countsOf(ended);
  const why = badEnd(ended) ?? (ended.reports === '' ? undefined : 'a report was written');
  console.log(
    `${why === undefined && failed === 0 ? 'ok    ' : 'FAILED'}  ${suite}: ${passed} passed`,
  );
  if (why === undefined && failed === 0) return true;
  const lines = `${why}\n${ended.reports || ended.output}`.split('\n').slice(0, SHOWN_LINES);
  console.log(lines.join('\n').replace(/^/gm, '        '));
  return false;
}

const kind = KINDS[process.argv[2]];
if (kind === undefined || process.argv.length > 3) {
  console.error(`test:sanitizers: use ${Object.keys(KINDS).join(' or ')}`);
  process.exit(2);
}
const why = missing();
if (why !== undefined) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}
let isGood = true;
for (const fault of kind.faults) {
  const isFound = await findsFault(kind, fault);
  console.log(`${isFound ? 'ok    ' : 'FAILED'}  ${fault}, made on purpose, is told`);
  isGood &&= isFound;
}
if (isGood) {
  const addon = buildAddon(kind.sanitizer);
  const suites = readdirSync(join(root, 'test/runtimes')).map((name) => name.replace('.cjs', ''));
  for (const suite of suites.filter((name) => !LEFT_OUT.includes(name)).sort()) {
    isGood = (await runSuite(kind, addon, suite)) && isGood;
  }
}
process.exitCode = isGood ? 0 : 1;
