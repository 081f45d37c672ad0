// What native/calls/terminals.cc exports: terminals by their descriptors.

/** `lib/raw` documents each. */
export interface TerminalRawCalls {
  tcgetattr(fd: number, termios: Uint32Array): number;
  tcsetattr(fd: number, optional_actions: number, termios: Uint32Array): number;
  tcgetwinsize(fd: number, winsize: Uint16Array): number;
  tcsetwinsize(fd: number, winsize: Uint16Array): number;
  tcgetpgrp(fd: number): number;
  tcsetpgrp(fd: number, pgrp: number): number;
  tcgetsid(fd: number): number;
  tcdrain(fd: number): number;
  tcflush(fd: number, queue_selector: number): number;
  tcflow(fd: number, action: number): number;
}
