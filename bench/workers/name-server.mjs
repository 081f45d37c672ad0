// The name server that names.mjs asks: an address for whatever is asked of it, on a free port of
// the loopback, which it prints. It reads no more of a question than its length, as what it costs
// is not to stand in the way. Ends with its stdin.
import { createSocket } from 'node:dgram';

const HEADER_BYTES = 12;
/** Behind the question: a pointer to its name, A, IN, a minute, and 192.0.2.1. */
const ANSWER = Buffer.from('c00c000100010000003c0004c0000201', 'hex');

/** @param {Buffer} question */
function answerTo(question) {
  let end = HEADER_BYTES;
  while (question[end] !== 0) end += question[end] + 1;
  const head = Buffer.from(question.subarray(0, end + 5));
  // A response, recursion desired and available; one question, one answer, nothing else.
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 6);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, ANSWER]);
}

const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
socket.on('message', (question, { port, address }) => {
  socket.send(answerTo(question), port, address);
});
socket.bind(0, '127.0.0.1', () => process.stdout.write(`${socket.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
