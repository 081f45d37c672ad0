import { echo } from './echo.mjs';

export default {
  run: (round, loop) =>
    echo(round, loop, {
      data(socket, chunk) {
        round.advance();
        socket.end(chunk.subarray(1));
      },
    }),
};
