import { echo } from './echo.mjs';

export default {
  run: (round, loop) =>
    echo(round, loop, {
      data(socket, chunk) {
        round.advance();
        socket.write(chunk.length > 1 ? chunk.subarray(1) : chunk);
      },
    }),
};
