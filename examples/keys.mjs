// Keys as they are typed, and the terminal's size: q ends it. However it ends, the terminal is as
// it was before.
import { defaultLoop, TtyStream } from 'rawloop';

const { stdin, stdout } = defaultLoop();
if (!(stdin instanceof TtyStream && stdout instanceof TtyStream)) {
  console.log('not available here: stdin and stdout are to be a terminal');
  process.exit(77);
}
const sayHow = () => stdout.write(`${stdout.columns} columns, ${stdout.rows} rows\n`);
sayHow();
stdout.onResize(sayHow);
stdin.setRawMode(true);
for await (const bytes of stdin) {
  const keys = Buffer.from(bytes).toString();
  if (keys === 'q') break; // closes stdin, and with it raw mode
  stdout.write(`${JSON.stringify(keys)}\n`);
}
