// What native/calls/pseudoterminals.cc exports.

/** `lib/raw` documents each. */
export interface PseudoterminalCalls {
  posix_openpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname_r(fd: number): string | number;
}
