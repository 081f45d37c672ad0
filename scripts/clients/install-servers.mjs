// node scripts/clients/install-servers.mjs: what `npm run test:clients` needs of Debian, for CI.
// Needs no package of npm. Status 1 where one could not be had.
import { extendPath, installPackages, missingPackages, SERVERS } from './servers/index.mjs';

extendPath();
const missing = missingPackages(Object.keys(SERVERS));
if (missing.length > 0) {
  console.log(`installing: ${missing.join(' ')}`);
  try {
    installPackages(missing);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
