import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    echo(round, loop, {
      open() {
        throw new TypeError('of the loop itself');
      },
    });
  },
};
