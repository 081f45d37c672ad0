// One question to one server by UDP, from a socket of its own: the kernel picks its port by
// chance, and takes datagrams of that server's address and port alone. What comes and is no
// answer to the question is not looked at; where that is much, somebody guesses: see STRAYS.
import { loopClosed } from '../loop/errors.js';
import type { AskingLoop, Start } from './call.js';
import { type Answer, type Question, readAnswer } from './message.js';
import type { ServerAddress } from './servers.js';

/** Above what we say that we take; some servers send more. */
const MAX_BYTES = 4096;
/** After so many that are no answer the question is asked by TCP, where nobody can guess. */
const STRAYS = 32;

/** What a question to a server came to. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** It is to be asked by TCP. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreachable'; readonly cause: unknown };

export function askByUdp(
  loop: AskingLoop,
  server: ServerAddress,
  question: Question,
  timeoutMs: number,
  exact: boolean,
): Start<Outcome> {
  return (resolve, reject) => {
    let strays = 0;
    const stop = () => {
      loop.clearTimeout(timer);
      socket.close();
    };
    const settle = (outcome: Outcome) => {
      stop();
      resolve(outcome);
    };
    const to = { host: server.address, port: server.port };
    let timer: ReturnType<AskingLoop['setTimeout']> | undefined;
    const socket = loop.dgram(
      { to, maxDatagramBytes: MAX_BYTES, chunks: 'copy' },
      {
        message(_socket, chunk, _from, { truncated }) {
          const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
          const answer = readAnswer(question, bytes, exact);
          if (answer === undefined) {
            strays += 1;
            if (strays >= STRAYS) settle({ kind: 'truncated' });
          } else if (answer.isTruncated || truncated) settle({ kind: 'truncated' });
          else settle({ kind: 'answer', answer });
        },
        error: (_socket, cause) => settle({ kind: 'unreachable', cause }),
        close: (_socket, error) => {
          loop.clearTimeout(timer);
          // It does nothing where it was settled or stopped before.
          reject(error ?? loopClosed());
        },
      },
    );
    timer = loop.setTimeout(() => settle({ kind: 'silent' }), timeoutMs);
    socket.send(question.bytes);
    return stop;
  };
}
