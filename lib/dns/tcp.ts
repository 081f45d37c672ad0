// One question to one server by TCP: each message has its length in front. One connection for a
// question, as few answers are too long for a datagram. See RFC 7766.
import { loopClosed } from '../loop/errors.js';
import type { AskingLoop, Start } from './call.js';
import { type Question, readAnswer } from './message.js';
import type { ServerAddress } from './servers.js';
import type { Outcome } from './udp.js';

const LENGTH_BYTES = 2;

/** A message behind its length. */
function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Puts one message together: at most 64 KiB, each byte copied once, in whatever pieces it comes. */
class Frame {
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #message: Buffer | undefined;
  /** How many bytes of each have come. */
  #lengthBytes = 0;
  #messageBytes = 0;

  /** The message, once it is whole; what comes behind it is not looked at. */
  add(chunk: Uint8Array): Buffer | undefined {
    const head = chunk.subarray(0, LENGTH_BYTES - this.#lengthBytes);
    this.#length.set(head, this.#lengthBytes);
    this.#lengthBytes += head.length;
    if (this.#lengthBytes < LENGTH_BYTES) return undefined;
    this.#message ??= Buffer.alloc(this.#length.readUInt16BE());
    const missing = this.#message.length - this.#messageBytes;
    const part = chunk.subarray(head.length, head.length + missing);
    this.#message.set(part, this.#messageBytes);
    this.#messageBytes += part.length;
    return part.length < missing ? undefined : this.#message;
  }
}

export function askByTcp(
  loop: AskingLoop,
  server: ServerAddress,
  question: Question,
  timeoutMs: number,
  exact: boolean,
): Start<Outcome> {
  return (resolve, reject) => {
    const frame = new Frame();
    let timer: ReturnType<AskingLoop['setTimeout']> | undefined;
    const stop = () => {
      loop.clearTimeout(timer);
      socket.destroy();
    };
    const settle = (outcome: Outcome) => {
      stop();
      resolve(outcome);
    };
    const socket = loop.connect(
      { host: server.address, port: server.port },
      {
        data(_socket, chunk) {
          const bytes = frame.add(chunk);
          if (bytes === undefined) return;
          const answer = readAnswer(question, bytes, exact);
          // Who is connected and says something else does not speak this protocol.
          if (answer === undefined || answer.isTruncated) {
            settle({ kind: 'unreachable', cause: new Error('another message than the answer') });
          } else settle({ kind: 'answer', answer });
        },
        close: (_socket, error) => {
          loop.clearTimeout(timer);
          // Neither does anything where it was settled or stopped before.
          if (loop.closed) reject(loopClosed());
          else resolve({ kind: 'unreachable', cause: error });
        },
      },
    );
    timer = loop.setTimeout(() => settle({ kind: 'silent' }), timeoutMs);
    socket.write(framed(question.bytes));
    return stop;
  };
}
