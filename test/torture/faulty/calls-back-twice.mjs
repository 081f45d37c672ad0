import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    echo(round, loop, { close: (socket) => round.closed(socket) });
  },
};
