#!/usr/bin/env node
// Runs what the documentation shows: every .mjs and .cjs below examples/, and each
// ```js block of README.md, one after another, each with a time limit.
//   - A program passes when it ends by itself with code 0.
//   - It is skipped when it ends with 77: what it needs (a device) is not here, as it says.
//   - One that needs a terminal is run on one of ours, where somebody types: see on-terminal.mjs.
//   - A server does not end: some seconds after it has printed "listening" it gets
//     SIGTERM and passes. So does a README block that is still alive by then.
//   - What is in a folder support/ is a part of a program, and is not run by itself.
//   - A block that starts ```js no-run (it needs a device, say) is left out.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runOnTerminal, TALKS } from './on-terminal.mjs';
import { root } from './project.mjs';

const EXAMPLE_LIMIT_MS = 60_000;
const SERVES_AFTER_MS = 3_000;
const STOP_LIMIT_MS = 5_000;
const EXIT_SKIPPED = 77;

// Within the package, so that `import 'rawloop'` finds it by its own name.
const blockFolder = join(root, '.cache/readme');

/** `{ label, file, isBlock }` of all that is to run. */
function findPrograms() {
  const examples = readdirSync(join(root, 'examples'), { recursive: true })
    .filter((name) => /\.(mjs|cjs)$/.test(name) && !name.includes('support/'))
    .sort()
    .map((name) => ({ label: `examples/${name}`, file: join(root, 'examples', name) }));
  return [...examples, ...readmeBlocks()];
}

function readmeBlocks() {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  rmSync(blockFolder, { recursive: true, force: true });
  mkdirSync(blockFolder, { recursive: true });
  const blocks = [];
  for (const { 1: info, 2: code, index } of text.matchAll(/^```js([^\n]*)\n(.*?)^```$/gms)) {
    const line = text.slice(0, index).split('\n').length;
    if (info.includes('no-run')) continue;
    const suffix = /\brequire\(/.test(code) ? 'cjs' : 'mjs';
    const file = join(blockFolder, `line-${line}.${suffix}`);
    writeFileSync(file, code);
    blocks.push({ label: `README.md:${line}`, file, isBlock: true });
  }
  return blocks;
}

/** Runs one program; resolves with `{}`, `{ skipped: why }` or `{ failed: why }`. */
function runProgram({ file, isBlock }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], {
      cwd: isBlock ? blockFolder : root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stopped = false;
    let why;
    const stop = () => {
      if (stopped) return;
      stopped = true;
      child.kill('SIGTERM');
      setTimeout(fail, STOP_LIMIT_MS, 'it did not end on SIGTERM').unref();
    };
    const fail = (reason) => {
      why = reason;
      child.kill('SIGKILL');
    };
    const limit = isBlock
      ? setTimeout(stop, SERVES_AFTER_MS)
      : setTimeout(fail, EXAMPLE_LIMIT_MS, `it did not end within ${EXAMPLE_LIMIT_MS} ms`);
    let serves = isBlock;
    const take = (chunk) => {
      output += chunk;
      if (serves || !/\blistening\b/i.test(output)) return;
      serves = true;
      setTimeout(stop, SERVES_AFTER_MS).unref();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ failed: `${error}\n` }));
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      const missing = /^not available here: (.*)$/m.exec(output)?.[1];
      if (code === EXIT_SKIPPED && missing !== undefined) return resolve({ skipped: missing });
      const ended = code === 0 || (stopped && signal === 'SIGTERM');
      why ??= ended ? undefined : `it ended with ${signal ?? `code ${code}`}`;
      resolve(why === undefined ? {} : { failed: `${why}\n${output}` });
    });
  });
}

/** The same of one that needs a terminal. */
async function talkTo({ file }) {
  try {
    const { code, signal, output } = await runOnTerminal(
      file,
      TALKS[basename(file)],
      EXAMPLE_LIMIT_MS,
    );
    return code === 0 ? {} : { failed: `it ended with ${signal ?? `code ${code}`}\n${output}` };
  } catch (error) {
    return { failed: error.message };
  }
}

const needsTerminal = ({ label }) => /^examples\/[^/]+$/.test(label) && basename(label) in TALKS;

const programs = findPrograms();
const counts = { ran: 0, skipped: 0, failed: 0 };
for (const program of programs) {
  const startMs = performance.now();
  const { skipped, failed } = await (needsTerminal(program) ? talkTo : runProgram)(program);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (skipped !== undefined) {
    counts.skipped += 1;
    console.log(`skipped: ${program.label}: ${skipped}`);
  } else {
    counts[failed === undefined ? 'ran' : 'failed'] += 1;
    console.log(`${failed === undefined ? 'ok    ' : 'FAILED'}  ${program.label}  ${seconds} s`);
    if (failed !== undefined) console.log(failed.trimEnd().replace(/^/gm, '        '));
  }
}
rmSync(blockFolder, { recursive: true, force: true });
const { ran, skipped, failed } = counts;
console.log(`examples: ${ran} ran, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
