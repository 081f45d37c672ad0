// An honest name server, in a thread of its own, by the host's sockets: an address for each
// question, by TCP alone for names that begin with 'cut'. Its port is put where who started it
// waits for it.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { workerData } from 'node:worker_threads';
import * as packet from 'dns-packet';

const HOST = '127.0.0.1';
const { ADDRESS, port: told } = workerData;

function answerTo(bytes, byTcp) {
  const { id, questions } = packet.decode(bytes);
  const [{ name, type }] = questions;
  const isCut = name.startsWith('cut') && !byTcp;
  const flags = packet.RECURSION_DESIRED | (isCut ? packet.TRUNCATED_RESPONSE : 0);
  const answers = isCut || type !== 'A' ? [] : [{ type, name, ttl: 60, data: ADDRESS }];
  return packet.encode({ type: 'response', id, flags, questions, answers });
}

const tcp = createServer((socket) => {
  socket.on('error', () => {});
  // A question is short: it comes in one piece.
  socket.on('data', (chunk) => socket.write(framed(chunk)));
});

function framed(chunk) {
  const answer = answerTo(chunk.subarray(2), true);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(answer.length);
  return Buffer.concat([length, answer]);
}

tcp.listen(0, HOST, () => {
  const { port } = tcp.address();
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => udp.send(answerTo(bytes, false), from.port, from.address));
  udp.bind(port, HOST, () => {
    Atomics.store(told, 0, port);
    Atomics.notify(told, 0);
  });
});
