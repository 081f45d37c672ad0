import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    if (round.point !== undefined) process.abort();
    echo(round, loop);
  },
};
