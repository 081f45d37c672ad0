import { openSync } from 'node:fs';
import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    if (round.point !== undefined) openSync('/dev/null');
    echo(round, loop);
  },
};
