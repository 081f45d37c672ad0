// What must hold of every connection: open before data, nothing after close, close once,
// and each byte once, in order. A byte tells where it stands in its stream, so that a
// receiver knows what has to come.

const PRINTABLE = 95;
const FIRST_PRINTABLE = 32;

/** The byte at `position` of what one side of connection `key` sends. */
function byteAt(key, side, position) {
  return (
    FIRST_PRINTABLE + ((position * 31 + (position >> 8) * 7 + key * 13 + side * 41) % PRINTABLE)
  );
}

/** One socket, as the program that uses it knows it. */
export class End {
  opened = 0;
  ended = 0;
  closed = 0;
  received = 0;
  /** We destroyed it, or it failed: bytes may be lost. */
  isBroken = false;
  wroteFalse = false;
  /** @type {End | undefined} */ peer;

  constructor(socket, key, side, report) {
    this.socket = socket;
    this.key = key;
    this.side = side;
    this.report = report;
  }

  get name() {
    return `${this.side === 0 ? 'client' : 'server'} of port ${this.key}`;
  }

  /** `length` bytes of what comes next. */
  next(length) {
    const bytes = new Uint8Array(length);
    const from = this.socket.bytesWritten;
    for (let i = 0; i < length; i++) bytes[i] = byteAt(this.key, this.side, from + i);
    return bytes;
  }

  /** A handler was called. */
  on(event) {
    if (this.closed > 0) this.report(`${event} after close of ${this.name}`);
    if (event !== 'open' && event !== 'close' && this.opened === 0) {
      this.report(`${event} before open of ${this.name}`);
    }
    if (this.isDestroyed && event !== 'close')
      this.report(`${event} after destroy of ${this.name}`);
  }

  onOpen() {
    this.on('open');
    if (++this.opened > 1) this.report(`open twice of ${this.name}`);
  }

  onData(chunk) {
    this.on('data');
    if (this.ended > 0) this.report(`data after end of ${this.name}`);
    if (this.socket.paused) this.report(`data while paused of ${this.name}`);
    if (chunk.length === 0) this.report(`data of no bytes of ${this.name}`);
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] !== byteAt(this.key, 1 - this.side, this.received + i)) {
        this.report(`byte ${this.received + i} of what ${this.name} reads is ${chunk[i]}`);
      }
    }
    this.received += chunk.length;
    if (this.received !== this.socket.bytesRead) this.report(`bytesRead of ${this.name}`);
    const sent = this.peer?.socket.bytesWritten;
    if (sent !== undefined && this.received > sent)
      this.report(`${this.name} reads what nobody wrote`);
  }

  onEnd() {
    this.on('end');
    if (++this.ended > 1) this.report(`end twice of ${this.name}`);
  }

  onDrain() {
    this.on('drain');
    if (!this.wroteFalse) this.report(`drain of ${this.name}, which took all`);
    this.wroteFalse = false;
  }

  onClose(error) {
    this.on('close');
    this.closed++;
    if (error !== undefined) this.isBroken = true;
  }

  /** All is over: what came, if nobody broke it, is what went. */
  check() {
    if (this.closed !== 1) this.report(`${this.name} was closed ${this.closed} times`);
    const { peer } = this;
    if (peer === undefined || this.isBroken || peer.isBroken) return;
    if (this.received !== peer.socket.bytesWritten) {
      this.report(`${this.name} read ${this.received} of ${peer.socket.bytesWritten} bytes`);
    }
  }
}
