// Opens a terminal of a size, and gives it another.
import { defaultLoop } from '../../faces/default-loop.js';
import type { Pty, PtyHandlers } from '../../pty/pty.js';
import { checkLength, type ProgramSettings, type TerminalSettings } from './settings.js';
import type { PixelSize } from './types.js';

const UNPRINTABLE = 'resizing must be done using positive cols and rows';

/**
 * Opens one. Where a program is to become another user the terminal is that user's, as who logs in
 * has it, if this process may give it away.
 *
 * @throws SystemError EMFILE, ENFILE, EAGAIN, ENOSPC, ENOENT
 */
export function openFor(
  { cols, rows, encoding, uid }: TerminalSettings & Partial<ProgramSettings>,
  handlers: PtyHandlers,
): Pty {
  const owner = uid !== undefined && process.geteuid?.() === 0 ? { uid } : {};
  const size = { columns: Math.trunc(cols), rows: Math.trunc(rows) };
  return defaultLoop().pty({ ...size, ...owner, utf8: encoding === 'utf8' }, handlers);
}

/** @throws Error, TypeError, RangeError for what is no size; Error EBADF: it has closed */
export function resizeBy(pty: Pty, columns: unknown, rows: unknown, pixels?: PixelSize): void {
  for (const length of [columns, rows] as number[]) {
    const isLength = typeof length === 'number' ? length > 0 && Number.isFinite(length) : length;
    if (!isLength) throw new Error(UNPRINTABLE);
  }
  const size = [checkLength('cols', columns), checkLength('rows', rows)].map(Math.trunc);
  if (!pty.master.active) throw new Error('ioctl(2) failed, EBADF');
  const [width, height] = [pixels?.width ?? 0, pixels?.height ?? 0];
  pty.resize(size[0] as number, size[1] as number, width, height);
}
