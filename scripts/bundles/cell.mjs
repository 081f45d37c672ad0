// One tool on one program: bundles it in a project that has rawloop installed, and runs the
// result where neither the project nor any node_modules is to be found.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from '../runtimes/run.mjs';

/** `node_modules` as if the tools had been installed with the package. */
export function linkTools(project, tools) {
  const [from, to] = [join(tools, 'node_modules'), join(project, 'node_modules')];
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) {
      mkdirSync(join(to, name), { recursive: true });
      for (const part of readdirSync(join(from, name))) {
        symlinkSync(join(from, name, part), join(to, name, part));
      }
    } else if (!existsSync(join(to, name))) symlinkSync(join(from, name), join(to, name));
  }
}

async function runLine(line, cwd, tools) {
  const bin = tools === undefined ? '' : `${join(tools, 'node_modules/.bin')}${delimiter}`;
  const env = { ...process.env, PATH: `${bin}${process.env.PATH}`, NO_COLOR: '1' };
  for (const name of Object.keys(env)) if (/^(RAWLOOP_|NODE_|npm_)/.test(name)) delete env[name];
  return runProgram('/bin/sh', ['-e', '-c', line], { cwd, env });
}

/**
 * `line`, with all that it prints in a file first. What Node tells of an error begins with the line
 * of its source, which is all of a minified bundle: more than a pipe takes at once, and what comes
 * behind it, the code, is lost where the reader is late.
 */
const wholly = (line) => `code=0; ${line} > printed 2>&1 || code=$?; cat printed; exit $code`;

/** Runs what is in out/ of the project elsewhere, the project having been moved away. */
async function runAway(project, start) {
  const [away, place] = [`${project}-away`, `${project}-deployed`];
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  cpSync(join(project, 'out'), join(place, 'out'), { recursive: true, verbatimSymlinks: true });
  renameSync(project, away);
  try {
    return await runLine(wholly(start), place);
  } finally {
    renameSync(away, project);
  }
}

/** What came of a run: `works`, the code of the loader's error, or something unexpected. */
function outcomeOf({ code, output }, expected) {
  if (code === 0 && output.trim() === expected) return 'works';
  const helps = output.includes('cp -r node_modules/rawloop');
  if (output.includes("code: 'ERR_RAWLOOP_WORKER_FILE'") && helps) return 'ERR_RAWLOOP_WORKER_FILE';
  return output.includes("code: 'ERR_RAWLOOP_ADDON'") && helps ? 'ERR_RAWLOOP_ADDON' : 'fails';
}

/**
 * @param tool a row of the page
 * @param program `{ file, expected, line? }`: its source, what it prints, and the line that it
 *   needs beside those of the page, where it copies the package
 * @returns `{ bare, written, output }`: the outcomes without and with the lines of the page
 */
export async function runCell(tool, program, project, tools) {
  for (const name of ['out', 'dist']) rmSync(join(project, name), { recursive: true, force: true });
  cpSync(program.file, join(project, 'server.mjs'));
  for (const { name, code } of tool.files) writeFileSync(join(project, name), code);
  const log = [];
  const build = async (lines) => {
    for (const line of lines) {
      const ended = await runLine(line, project, tools);
      log.push(`$ ${line}\n${ended.output}`);
      if (ended.code !== 0) return false;
    }
    return true;
  };
  const attempt = async (lines) => {
    if (!(await build(lines))) return 'does not build';
    const ended = await runAway(project, tool.start);
    log.push(`$ ${tool.start}\n${ended.output}`);
    return outcomeOf(ended, program.expected);
  };
  const bare = await attempt(tool.steps);
  // With the whole package the addon need not be copied once more.
  const isCopy = (line) => line.includes('cp -r node_modules/rawloop/prebuilds');
  const ourSteps =
    program.line === undefined
      ? tool.ourSteps
      : [...tool.ourSteps.filter((line) => !isCopy(line)), program.line];
  const written = ourSteps.length === 0 ? bare : await attempt(ourSteps);
  return { bare, written, output: log.join('\n') };
}
