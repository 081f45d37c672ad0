// The folder of the running code. The build for bundlers takes here-in-bundle.ts in place
// of this file: an ES module has no __dirname.
import { dirname } from 'node:path';

export { createRequire } from 'node:module';

/** There is no name for it where ncc made an ES module of this: then that of the program. */
export const here =
  typeof __dirname === 'string' ? __dirname : dirname(process.argv[1] ?? process.execPath);

/** Where ncc has put the prebuilds, which it takes along as it sees this call. */
export function movedPrebuilds(): string | undefined {
  try {
    return (require('./prebuilds.js') as typeof import('./prebuilds.js')).prebuilds;
  } catch {
    return undefined;
  }
}
