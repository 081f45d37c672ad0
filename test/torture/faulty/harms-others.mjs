import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    const sockets = [];
    echo(round, loop, {
      open: (socket) => sockets.push(socket),
      close(_socket, error) {
        if (error !== undefined) for (const socket of sockets) socket.destroy();
      },
    });
  },
};
