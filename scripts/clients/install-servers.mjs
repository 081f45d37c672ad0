// node scripts/clients/install-servers.mjs: what `npm run test:clients` needs of Debian, for CI.
import { extendPath, installPackages, missingPackages, SERVERS } from './servers/index.mjs';

extendPath();
const missing = missingPackages(Object.keys(SERVERS));
if (missing.length > 0) {
  console.log(`installing: ${missing.join(' ')}`);
  installPackages(missing);
}
