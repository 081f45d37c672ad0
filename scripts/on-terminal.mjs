// Programs that need a terminal, run on a pty of ours: what is typed to each, and what it shows.
import { defaultLoop } from 'rawloop';

/** By the example's name: what it shows, and what is typed then. */
export const TALKS = {
  'keys.mjs': [
    ['80 columns, 24 rows', 'x'],
    ['"x"', 'q'],
  ],
  'shell.mjs': [
    ['ask> ', 'stty size; echo $((6*7))\r'],
    ['24 80', ''],
    ['42\r', 'exit\r'],
  ],
};

const SHELL = { SHELL: '/bin/sh', PS1: 'ask> ', ENV: '' };

/**
 * Runs a program to its end.
 *
 * @param {string} file
 * @param {string[][]} talk
 * @param {number} limitMs
 * @returns {Promise<{ code: number | null, signal: string | null, output: string }>}
 */
export async function runOnTerminal(file, talk, limitMs) {
  const loop = defaultLoop();
  const steps = talk[Symbol.iterator]();
  let output = '';
  let at = 0;
  let step = steps.next().value;
  const pty = loop.pty(
    {},
    {
      data(master, chunk) {
        output += Buffer.from(chunk).toString('latin1');
        for (let found = -1; step !== undefined; step = steps.next().value) {
          found = output.indexOf(step[0], at);
          if (found < 0) return;
          at = found + step[0].length;
          master.write(step[1]);
        }
      },
    },
  );
  const env = { ...process.env, ...SHELL };
  const options = { controllingTerminal: pty, env, timeoutMs: limitMs, killSignal: 'SIGKILL' };
  const child = loop.spawn(process.execPath, [file], options);
  const [{ code, signal }] = await Promise.all([child.exited, pty.closed]);
  if (step !== undefined) throw new Error(`it does not show ${JSON.stringify(step[0])}: ${output}`);
  return { code, signal, output };
}
