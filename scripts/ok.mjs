#!/usr/bin/env node
// `npm run ok`: everything that CI runs, one line a step. A failure stops nothing;
// it shows the end of its output at once, and the exit code is 1. With
// RAWLOOP_OK_RESULTS set, the results go to that file as JSON too.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { failureLines } from './failure-lines.mjs';
import { runStep } from './ok/run-step.mjs';
import { stages } from './ok/steps.mjs';

const HELP = `Usage: npm run ok [-- step...]

Runs what CI runs: all steps, or those named. --list names them.
`;
const AT_ONCE = 2;
const NAME_COLUMNS = 20;

function tell({ name, result, seconds, output }) {
  const label = { passed: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }[result];
  const note = result === 'skipped' ? output : `${seconds.toFixed(1)} s`;
  console.log(`${label}  ${name.padEnd(NAME_COLUMNS)}  ${note}`);
  if (result === 'passed') {
    // What a step could not do in part.
    for (const [line] of output.matchAll(/^(?:\w+: )?skipped: .*$/gm)) console.log(`    | ${line}`);
  }
  if (result !== 'failed') return;
  console.log(failureLines(output));
}

/** Runs the steps of a stage, AT_ONCE of them at a time. */
async function runStage(steps) {
  const waiting = [...steps];
  const results = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step);
      tell(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const names = stages.flat().map(({ name }) => name);

/** The stages with the steps that were asked for; ends the process for anything else. */
function wanted() {
  const options = { help: { type: 'boolean', short: 'h' }, list: { type: 'boolean' } };
  let given;
  try {
    given = parseArgs({ options, allowPositionals: true });
    const unknown = given.positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`no step '${unknown}': see --list`);
  } catch (error) {
    console.error(`ok: ${error.message}`);
    process.exit(2);
  }
  if (given.values.help || given.values.list) {
    process.stdout.write(given.values.help ? HELP : `${names.join('\n')}\n`);
    process.exit(0);
  }
  if (given.positionals.length === 0) return stages;
  return stages.map((steps) => steps.filter(({ name }) => given.positionals.includes(name)));
}

const startMs = performance.now();
const results = [];
for (const steps of wanted()) results.push(...(await runStage(steps)));

const count = (kind) => results.filter(({ result }) => result === kind).length;
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(count);
const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
console.log(
  `\n${results.length} steps in ${seconds} s: ${passed} ok, ${failed} failed, ${skipped} skipped`,
);
if (process.env.RAWLOOP_OK_RESULTS) {
  writeFileSync(process.env.RAWLOOP_OK_RESULTS, JSON.stringify({ passed, failed, skipped }));
}
process.exitCode = failed === 0 ? 0 : 1;
