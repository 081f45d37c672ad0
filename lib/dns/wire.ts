// A walk through a message of a name server, before anything is made of it: whoever answers may
// be hostile. What is found here is sound: each name ends, has labels that are safe to show and
// to compare, and points only to what stands before it; each record lies within the message, and
// the work for all of them has a limit. See RFC 1035 4.1.

/** A record, and where it is. */
export interface WireRecord {
  /** The name that it is of, in small letters. */
  readonly owner: string;
  readonly type: number;
  readonly cls: number;
  readonly ttl: number;
  /** Where it begins in the message, */
  readonly offset: number;
  /** where its data do, */
  readonly dataAt: number;
  /** and how many bytes these have. */
  readonly dataBytes: number;
}

/** A message that is not as it should be. */
export class MalformedMessage extends Error {}

export const HEADER_BYTES = 12;
const MAX_NAME_BYTES = 255;
/** Labels that are read in one message: a full one of 64 KiB has fewer, unless it is made for it. */
const MAX_LABELS = 65_536;
const POINTER = 0xc0;
const DOT = 0x2e;

export const Type = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  OPT: 41,
  CAA: 257,
} as const;

export class WireReader {
  readonly #bytes: Buffer;
  #labels = 0;
  /** Where the next thing is. */
  #at = HEADER_BYTES;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The records of the answer, which stand behind `questions` questions. */
  answers(questions: number, count: number): WireRecord[] {
    this.#skipQuestions(questions);
    const records: WireRecord[] = [];
    for (let i = 0; i < count; i++) {
      const record = this.#record();
      this.#checkData(record);
      records.push(record);
    }
    return records;
  }

  /**
   * The upper bits of the response's code, which the record of EDNS has among all `count` records;
   * 0: there is none. See RFC 6891 6.1.3.
   */
  extendedCode(questions: number, count: number): number {
    this.#skipQuestions(questions);
    for (let i = 0; i < count; i++) {
      const { owner, type, ttl } = this.#record();
      if (type === Type.OPT && owner === '') return ttl >>> 24;
    }
    return 0;
  }

  #skipQuestions(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#name();
      this.#skip(4);
    }
  }

  #record(): WireRecord {
    const offset = this.#at;
    const owner = this.#name().toLowerCase();
    const fixed = this.#at;
    this.#skip(10);
    const type = this.#bytes.readUInt16BE(fixed);
    const cls = this.#bytes.readUInt16BE(fixed + 2);
    const ttl = this.#bytes.readUInt32BE(fixed + 4);
    const dataBytes = this.#bytes.readUInt16BE(fixed + 8);
    const dataAt = this.#at;
    this.#skip(dataBytes);
    return { owner, type, cls, ttl, offset, dataAt, dataBytes };
  }

  /** That the names and texts in it end where its data do. */
  #checkData({ type, dataAt, dataBytes }: WireRecord): void {
    const end = this.#at;
    this.#at = dataAt;
    if (type === Type.A) this.#skip(4);
    else if (type === Type.AAAA) this.#skip(16);
    else if (type === Type.CNAME || type === Type.NS || type === Type.PTR) this.#name();
    else if (type === Type.MX) this.#skip(2).#name();
    else if (type === Type.SRV) this.#skip(6).#name();
    else if (type === Type.SOA) {
      this.#name();
      this.#name(true);
      this.#skip(20);
    } else if (type === Type.NAPTR) {
      this.#skip(4).#text().#text().#text().#name();
    } else if (type === Type.TXT) {
      while (this.#at < end) this.#text();
    } else if (type === Type.CAA) {
      this.#skip(1).#text();
      // The value is the rest.
      if (this.#at <= end) this.#at = end;
    } else this.#skip(dataBytes);
    if (this.#at !== end) throw new MalformedMessage('data that are no record of its type');
  }

  #skip(bytes: number): this {
    this.#at += bytes;
    if (this.#at > this.#bytes.length) throw new MalformedMessage('it ends too early');
    return this;
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new MalformedMessage('it ends too early');
    return byte;
  }

  #text(): this {
    return this.#skip(1 + this.#byte(this.#at));
  }

  /** @param isMail the first label is a mailbox, which may have dots */
  #name(isMail = false): string {
    const labels: string[] = [];
    let at = this.#at;
    let before = at;
    let bytes = 1;
    let next = -1;
    for (;;) {
      const length = this.#byte(at);
      if (++this.#labels > MAX_LABELS) throw new MalformedMessage('too many labels');
      if (length === 0) break;
      if (length < 64) {
        bytes += length + 1;
        if (bytes > MAX_NAME_BYTES) throw new MalformedMessage('a name that is too long');
        labels.push(this.#label(at + 1, length, isMail && labels.length === 0));
        at += length + 1;
        continue;
      }
      if (length < POINTER) throw new MalformedMessage('a label of no known kind');
      const target = (length - POINTER) * 256 + this.#byte(at + 1);
      if (next < 0) next = at + 2;
      // Back only, so that there is an end.
      if (target >= before) throw new MalformedMessage('a name that leads to itself');
      at = before = target;
    }
    this.#at = next < 0 ? at + 1 : next;
    return labels.join('.');
  }

  /** Printable letters, no dot: what is told of it can be compared, logged and shown. */
  #label(at: number, length: number, mayHaveDots: boolean): string {
    if (at + length > this.#bytes.length) throw new MalformedMessage('it ends too early');
    for (let i = at; i < at + length; i++) {
      const byte = this.#bytes[i] as number;
      const isDot = byte === DOT && !mayHaveDots;
      if (byte < 0x21 || byte > 0x7e || isDot) throw new MalformedMessage('a letter of no name');
    }
    return this.#bytes.toString('latin1', at, at + length);
  }
}
