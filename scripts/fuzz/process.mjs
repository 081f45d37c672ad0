// Runs one process of the fuzzer: under a sanitizer, behind the fence, in a network of its
// own where the system lets us, and with an end when it hangs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { libraryOf, SANITIZERS } from './build.mjs';

const WORK = join(root, '.cache/fuzz/run');
/** A process that says nothing for this long hangs. */
const SILENCE_SECONDS = 60;
/** Its leaks are looked for when all is done: the maps of the process are read for each frame. */
const LEAKS_SECONDS = 300;
const SHOWN_LINES = 45;
const SHOWN_LOG_LINES = 40;
const KEPT_OUTPUT = 4_000_000;
/** Node is not instrumented: what it does on its own is none of our business. */
const OPTIONS = {
  ASAN_OPTIONS:
    'halt_on_error=1:detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=1',
  LSAN_OPTIONS: 'exitcode=0:print_suppressions=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS:
    'halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1:report_signal_unsafe=0',
};

let unshared;

/** `unshare -n`, or as another user's namespace; nothing where the system refuses. */
function namespaceCommand() {
  unshared ??= [['-n'], ['-r', '-n']].find(
    (options) => spawnSync('unshare', [...options, 'true']).status === 0,
  );
  return unshared === undefined ? [] : ['unshare', ...unshared];
}

/** Whether the processes are in a network of their own. */
export function isFencedTwice() {
  return namespaceCommand().length > 0;
}

/**
 * @param {{ kind: 'asan' | 'tsan', addon: string, fence: string, script: string,
 *   args: string[], onCalls?: (calls: number) => void, silenceSeconds?: number }} task
 * @returns {Promise<{ ok: boolean, calls: number, what: string }>} `what` was found
 */
export function runProcess({
  kind,
  addon,
  fence,
  script,
  args,
  onCalls = () => {},
  silenceSeconds = SILENCE_SECONDS,
}) {
  mkdirSync(WORK, { recursive: true });
  const log = join(WORK, `${process.pid}-${script}.log`);
  writeFileSync(log, '');
  const preload = `${libraryOf(SANITIZERS[kind].library)}:${fence}`;
  const namespace = namespaceCommand();
  // env(1), so that unshare(1) itself is not under a sanitizer.
  const command = [
    ...namespace,
    'env',
    `LD_PRELOAD=${preload}`,
    process.execPath,
    join(root, 'test/fuzz', script),
    ...args.map((arg) => (arg === 'LOG' ? log : arg)),
  ];
  const env = { ...process.env, ...OPTIONS, RAWLOOP_ADDON: addon, NODE_NO_WARNINGS: '1' };
  delete env.LD_PRELOAD;
  if (namespace.length > 0) env.RAWLOOP_FUZZ_NAMESPACE = '1';
  return new Promise((resolve) => {
    const [program, ...rest] = command;
    const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let calls = 0;
    let hung = '';
    let isDone = false;
    const listen = (seconds) =>
      setTimeout(() => {
        hung = `it hangs: nothing for ${seconds} s\n`;
        process.kill(-child.pid, 'SIGKILL');
      }, seconds * 1000);
    let silence = listen(silenceSeconds);
    const take = (text) => {
      output += text;
      if (!isDone && /^done$/m.test(output)) {
        isDone = true;
        clearTimeout(silence);
        silence = listen(LEAKS_SECONDS);
      }
      silence.refresh();
      for (const [, count] of text.matchAll(/^calls (\d+)$/gm)) calls = Number(count);
      output = output.replaceAll(/^calls? \d+.*\n(?=call)/gm, '');
      // The first that is told is what counts; what leaks after that does not.
      if (output.length > KEPT_OUTPUT) output = output.slice(0, KEPT_OUTPUT);
      onCalls(calls);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => take(`${error}\n`));
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      const endedWell = code === 0 && isDone;
      const leaks = endedWell ? ownLeaks(output) : '';
      if (endedWell && leaks === '' && hung === '') return resolve({ ok: true, calls, what: '' });
      const how = hung || leaks ? hung : `it ended with ${signal ?? `code ${code}`}\n`;
      const tail = readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-SHOWN_LOG_LINES)
        .join('\n');
      return resolve({ ok: false, calls, what: `${reportOf(output)}${leaks}${how}${tail}` });
    });
  });
}

/** Leaks whose stack leads through the addon: what Node itself keeps is its own affair. */
function ownLeaks(output) {
  const blocks = output.split(/\n(?=(?:Direct|Indirect) leak)/).slice(1);
  const own = blocks
    .map((block) => block.split(/\n\s*\n/)[0])
    .filter((block) => /#[0-3] .*\/native\//.test(block));
  return own
    .slice(0, 3)
    .map((block) => `${block}\n`)
    .join('');
}

/** What a sanitizer or the process itself said, without the progress. */
function reportOf(output) {
  // What Node keeps is told at every end.
  const [said] = output.split(/=+\n==\d+==ERROR: LeakSanitizer/);
  const lines = said.split('\n').filter((line) => !/^(calls? \d+.*|done)$/.test(line));
  const from = lines.findIndex((line) =>
    /^finding |ERROR: |runtime error:|WARNING: Thread/.test(line),
  );
  const first = from < 0 ? Math.max(0, lines.length - SHOWN_LINES) : from;
  return `${lines.slice(first, first + SHOWN_LINES).join('\n')}\n`;
}
