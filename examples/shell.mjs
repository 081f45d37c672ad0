// A shell on a terminal of its own, within this one: what is typed goes to it, what it shows comes
// here, and its size follows the window's.
import { defaultLoop, TtyStream } from 'rawloop';

const loop = defaultLoop();
const { stdin, stdout } = loop;
if (!(stdin instanceof TtyStream && stdout instanceof TtyStream)) {
  console.log('not available here: stdin and stdout are to be a terminal');
  process.exit(77);
}
const pass = async (from, to) => {
  for await (const chunk of from) if (!to.write(chunk)) await to.drained;
};
const pty = loop.pty({ columns: stdout.columns, rows: stdout.rows });
loop.spawn(process.env.SHELL ?? '/bin/sh', [], { controllingTerminal: pty });
stdout.onResize(() => pty.resize(stdout.columns, stdout.rows));
stdin.setRawMode(true);
pass(stdin, pty.master).catch(() => {});
pass(pty.master, stdout).finally(() => stdin.close());
