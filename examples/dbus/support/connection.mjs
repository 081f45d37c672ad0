// A connection to a bus: the handshake as the user that the process runs as, then messages.
// Descriptors come along with the bytes of a message, and are counted in its header. See the
// D-Bus specification, "Authentication protocol".
import { decode, ERROR, encode, METHOD_CALL, METHOD_RETURN } from './wire.mjs';

const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** The Unix socket of an address such as 'unix:path=/run/bus,guid=...'. */
export function pathOf(address) {
  const [, kind, text] = /^unix:(?:.*,)?(path|abstract)=([^,;]*)/.exec(address) ?? [];
  if (text === undefined) throw new Error(`no Unix socket: ${address}`);
  return `${kind === 'abstract' ? '\0' : ''}${decodeURIComponent(text)}`;
}

export class Connection {
  /** What the bus calls us; set once `ready` has resolved. */
  name = '';
  #socket;
  #bytes = Buffer.alloc(0);
  #fds = [];
  #serial = 0;
  #waiting = new Map();
  #onCall;
  #isOpen = false;
  #fail = () => {};

  /** `onCall(message)` answers calls: `{ signature, values }`. `message.fds` are his to close. */
  constructor(loop, address, onCall) {
    this.#onCall = onCall;
    this.ready = new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#socket = loop.connect(
        { path: pathOf(address) },
        {
          // The first byte is nothing: where credentials were sent along it carried them.
          open: (socket) =>
            socket.write(
              `\0AUTH EXTERNAL ${Buffer.from(`${process.getuid()}`).toString('hex')}\r\n`,
            ),
          data: (_socket, chunk, fds) => this.#take(chunk, fds, resolve),
          close: (_socket, error) => this.#closed(error ?? new Error('the bus closed')),
        },
      );
    });
  }

  /** Calls a method; resolves with the values of its answer. `fds` go along. */
  call(fields, values = [], fds = []) {
    const serial = ++this.#serial;
    const answer = new Promise((resolve, reject) => this.#waiting.set(serial, { resolve, reject }));
    this.#send({ type: METHOD_CALL, serial, fields, values }, fds);
    return answer;
  }

  close() {
    this.#socket.end();
  }

  #send(message, fds = []) {
    const fields = fds.length === 0 ? message.fields : { ...message.fields, unixFds: fds.length };
    this.#socket.write(encode({ ...message, fields }), fds.length === 0 ? {} : { fds });
  }

  #take(chunk, fds, ready) {
    if (fds !== undefined) this.#fds.push(...fds.take());
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (!this.#isOpen) return this.#handshake(ready);
    for (let message = decode(this.#bytes); message; message = decode(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(message.size);
      message.fds = this.#fds.splice(0, message.fields.unixFds ?? 0);
      this.#dispatch(message);
    }
  }

  #handshake(ready) {
    const end = this.#bytes.indexOf('\r\n');
    if (end < 0) return;
    const line = this.#bytes.toString('utf8', 0, end);
    this.#bytes = this.#bytes.subarray(end + 2);
    if (line.startsWith('OK ')) this.#socket.write('NEGOTIATE_UNIX_FD\r\n');
    else if (line === 'AGREE_UNIX_FD') {
      this.#socket.write('BEGIN\r\n');
      this.#isOpen = true;
      const hello = this.call({ ...BUS, member: 'Hello' });
      hello.then(([name]) => ready(Object.assign(this, { name })), this.#fail);
    } else this.#socket.destroy(new Error(`the bus says ${line}`));
  }

  #dispatch({ type, serial, fields, values, fds }) {
    if (type === METHOD_CALL) {
      const { signature, values: answer } = this.#onCall({ ...fields, values, fds });
      const answered = { destination: fields.sender, replySerial: serial, signature };
      this.#send({
        type: METHOD_RETURN,
        serial: ++this.#serial,
        fields: answered,
        values: answer,
      });
      return;
    }
    const waiting = this.#waiting.get(fields.replySerial);
    this.#waiting.delete(fields.replySerial);
    if (type === METHOD_RETURN) waiting?.resolve(values);
    else if (type === ERROR) waiting?.reject(new Error(`${fields.errorName}: ${values.join(' ')}`));
  }

  #closed(error) {
    this.#fail(error);
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
