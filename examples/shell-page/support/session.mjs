// One shell and its page: bytes both ways as they are, no more than either takes, and the size of the
// terminal as a message of text. Who leaves hangs up.
import { defaultLoop } from 'rawloop';

/** The page's end of a WebSocket of the package ws. */
export function runShell(socket) {
  const pty = defaultLoop().pty();
  const env = { ...process.env, TERM: 'xterm-256color', COLORTERM: 'truecolor' };
  defaultLoop().spawn(process.env.SHELL ?? '/bin/sh', [], { controllingTerminal: pty, env });

  const show = async () => {
    for await (const chunk of pty.master) {
      await new Promise((sent) => socket.send(chunk, sent));
    }
  };
  show()
    .catch((error) => console.error(error))
    .finally(() => socket.close());

  socket.on('message', (data, isBinary) => {
    if (!isBinary) resize(pty, String(data));
    else if (!pty.master.write(data)) rest(socket, pty.master);
  });
  socket.on('error', () => {});
  socket.on('close', () => pty.close());
}

/** No more is read of the page until the shell has taken what there is. */
function rest(socket, master) {
  socket.pause();
  master.drained.catch(() => {}).then(() => socket.resume());
}

function resize(pty, text) {
  const [columns, rows] = text.split('x').map(Number);
  const isLength = (length) => Number.isInteger(length) && length > 0 && length < 1000;
  if (isLength(columns) && isLength(rows) && !pty.isClosed) pty.resize(columns, rows);
}
