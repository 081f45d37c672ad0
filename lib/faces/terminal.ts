// What the public loop has for terminals, and for the streams that a process begins with.
import type { DescriptorOptions } from '../descriptor/stream.js';
import type { PtyOptions } from '../pty/options.js';
import type { Pty, PtyHandlers } from '../pty/pty.js';
import type { StandardInput, StandardOutput } from '../terminal/stdio.js';
import type { TtyHandlers, TtyStream } from '../terminal/tty.js';
import * as families from './families.js';
import { PathsFace } from './paths.js';

/** What a loop has for terminals and stdio. Use `EventLoop`. */
export abstract class TerminalFace extends PathsFace {
  /**
   * Takes over a terminal, as `stream` does, with its mode and its size. Without `data` what is
   * typed stays for others, unless the handlers are left out: then it waits for `for await`.
   *
   * @throws TypeError ERR_INVALID_ARG_VALUE for what is no terminal, or the master of one; otherwise as
   *   `stream`
   * @example
   * const tty = loop.tty(openSync('/dev/tty', 'r+'), {}, {
   *   data: (tty, keys) => (keys[0] === 3 ? tty.destroy() : console.log(keys)),
   *   resize: ({ columns, rows }) => console.log(columns, rows),
   * });
   * tty.setRawMode(true);
   */
  tty<Data = unknown>(
    fd: number,
    options: DescriptorOptions = {},
    handlers?: TtyHandlers<Data>,
  ): TtyStream<Data> {
    const given = handlers as TtyHandlers | undefined;
    return families.terminal().tty(this, fd, options, given) as TtyStream<Data>;
  }

  /**
   * Makes a pseudoterminal: a master, a stream, whose other side is a terminal to the programs
   * that `spawn` starts on it, with `controllingTerminal`. It keeps the loop alive until it has
   * closed; closing it hangs up. Its master ends once the last program has closed the terminal.
   *
   * @throws TypeError, RangeError; SystemError EAGAIN, ENOSPC (there are as many as there may be),
   *   EMFILE, ENFILE, EPERM (`uid`, `gid`), ENOENT (no /dev/ptmx); Error ABORT_ERR, ERR_LOOP_CLOSED.
   *   See pty(7)
   * @example
   * const pty = loop.pty({ columns: 80, rows: 24 }, {
   *   data: (master, chunk) => process.stdout.write(chunk.slice()),
   * });
   * loop.spawn('sh', ['-c', 'tty; stty size'], { controllingTerminal: pty });
   */
  pty<Data = unknown>(options: PtyOptions = {}, handlers?: PtyHandlers<Data>): Pty<Data> {
    return families.pty().pty(this, options, handlers as PtyHandlers | undefined) as Pty<Data>;
  }

  /**
   * Standard input, as a stream for `for await`, `relay` or `toDuplex`: a terminal, pipe, socket,
   * device, or a file, which is read on threads. Made when it is first asked for, once for a loop.
   * Nothing is read before somebody wants it, and it holds the loop while it is read. Descriptor 0
   * stays open, and as it is for others.
   *
   * @throws SystemError EBADF (it is closed, or only written); TypeError ERR_INVALID_ARG_VALUE for what
   *   is no stream of bytes; Error ERR_LOOP_CLOSED
   * @example
   * for await (const chunk of loop.stdin) loop.stdout.write(chunk);
   */
  get stdin(): StandardInput {
    const openFile = (fd: number) => this.fs.createReadStream(undefined, { fd });
    return families.terminal().stdin(this, openFile);
  }

  /**
   * Standard output, as a stream. It holds the loop only while output waits for who reads it, and
   * what is written is written, also when the process exits meanwhile: then it waits for him. That
   * nobody reads any more (EPIPE) is told by `closed`, `error` and `drained`, and ends nothing but
   * the stream. Descriptor 1 stays open, and as it is for others.
   *
   * @throws as `stdin`; SystemError EBADF where it is only read
   */
  get stdout(): StandardOutput {
    return this.#output(1);
  }

  /** Standard error: as `stdout`, of descriptor 2. */
  get stderr(): StandardOutput {
    return this.#output(2);
  }

  #output(fd: number): StandardOutput {
    const makeWriter = () => new (families.pool().FileWriter)(this.requests);
    return families.terminal().output(this, fd, makeWriter);
  }
}
