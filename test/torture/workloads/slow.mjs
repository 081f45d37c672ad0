// Clients that are owed a megabyte each and read it late: output is queued, waits for
// writability, and is sent in parts. Every other piece waits in the memory that it was written from.
import { OWED_BYTES, patternByte } from '../clients.mjs';
import { ourServer } from './tcp.mjs';

const PIECE_BYTES = 100_000;
const owed = Buffer.from(Array.from({ length: OWED_BYTES }, (_, offset) => patternByte(offset)));

function send(round, socket) {
  for (;;) {
    round.advance();
    const piece = owed.subarray(socket.data, socket.data + PIECE_BYTES);
    if (piece.length === 0) {
      socket.end();
      return;
    }
    const copy = (socket.data / PIECE_BYTES) % 2 === 0;
    socket.data += piece.length;
    if (!socket.write(piece, { copy })) return;
  }
}

export default {
  run(round, loop) {
    const server = ourServer(round, loop, {
      data(socket) {
        socket.data = 0;
        send(round, socket);
      },
      drain(socket) {
        if (socket.open) send(round, socket);
      },
    });
    round.clients('slow', server?.address?.port, 6);
    round.whenAllEnded(() => server?.close());
  },
};
