/*!
 * In dist/ this has dns-packet in it, Copyright (c) 2016 Mathias Buus, and
 * \@leichtgewicht/ip-codec, Copyright (c) 2021 Martin Heidegger; both under the MIT licence:
 * permission is granted to use, copy, modify and distribute them provided that these notices are
 * kept; they come "as is", without warranty of any kind.
 */
// Questions and answers as they go over the wire: written and read by dns-packet, behind the
// checks of wire.ts. An answer is one to a question when it has the question's number and repeats
// it letter by letter. See RFC 1035 4.1, RFC 5452, RFC 6891.
import { randomBytes, randomInt } from 'node:crypto';
import * as packet from 'dns-packet';
import { HEADER_BYTES, MalformedMessage, WireReader, type WireRecord } from './wire.js';

/** A question that is on its way. */
export interface Question {
  readonly id: number;
  /** The whole message. */
  readonly bytes: Buffer;
  /** Where the question ends in it, and the rest begins. */
  readonly end: number;
  /** The question itself, in the letters of who asks. */
  readonly plain: Buffer;
}

/** What is known of an answer before its records are looked at. */
export interface Answer {
  readonly code: number;
  readonly isTruncated: boolean;
  readonly bytes: Buffer;
}

export const ResponseCode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

/** What fits into a datagram on every way; see RFC 9715. */
const UDP_BYTES = 1232;
const RESPONSE = 0x80;
const OPCODE = 0x78;
const TRUNCATED = 0x02;

/** That longer answers fit. */
const EDNS: packet.Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** What its types do not tell of. */
const { answer: record } = packet as unknown as {
  answer: { decode(bytes: Buffer, offset: number): { data: unknown } };
};

const isLetter = (byte: number) => /^[a-z]$/i.test(String.fromCharCode(byte));

/** Each letter large or small, by chance: who did not see the question cannot repeat it. */
function randomizeCase(name: Buffer): void {
  // The length of a label is no letter: it is at most 63.
  for (const [at, chance] of randomBytes(name.length).entries()) {
    const byte = name[at] as number;
    if (isLetter(byte) && (chance & 1) === 1) name[at] = byte ^ 0x20;
  }
}

/** @param name as `questionName` gave it */
export function makeQuestion(
  name: string,
  type: string,
  { edns, caseByChance }: { edns: boolean; caseByChance: boolean },
): Question {
  // By the host's generator for keys, of which it keeps some in store.
  const id = randomInt(2 ** 16);
  const bytes = packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: type as packet.RecordType, name: name === '' ? '.' : name }],
    additionals: edns ? [EDNS] : [],
  });
  // A byte of length before each label and behind the last; the type and the class.
  const nameBytes = name === '' ? 1 : name.length + 2;
  const end = HEADER_BYTES + nameBytes + 4;
  const plain = Buffer.from(bytes.subarray(HEADER_BYTES, end));
  if (caseByChance) randomizeCase(bytes.subarray(HEADER_BYTES, HEADER_BYTES + nameBytes));
  return { id, bytes, end, plain };
}

/** Whether these are the same bytes; letters in either case, unless that is by chance. */
function repeats(question: Question, bytes: Buffer, exact: boolean): boolean {
  const asked = question.bytes.toString('latin1', HEADER_BYTES, question.end);
  const told = bytes.toString('latin1', HEADER_BYTES, question.end);
  return exact ? asked === told : asked.toLowerCase() === told.toLowerCase();
}

/** The code, with its upper bits where all before them is sound: what is not is found by who reads. */
function codeOf(bytes: Buffer): number {
  const low = bytes.readUInt8(3) & 0x0f;
  const [questions, ...counts] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  const count = counts.reduce((sum, each) => sum + each, 0);
  try {
    return new WireReader(bytes).extendedCode(questions as number, count) * 16 + low;
  } catch {
    return low;
  }
}

/**
 * What `bytes` are, if they are an answer to `question`.
 *
 * @param bytes their question gets the letters of who asks, as names behind it may point there
 * @param exact whether each letter has to be as large as it was asked
 */
export function readAnswer(question: Question, bytes: Buffer, exact: boolean): Answer | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== question.id) return undefined;
  const high = bytes.readUInt8(2);
  if ((high & RESPONSE) === 0 || (high & OPCODE) !== 0) return undefined;
  const questions = bytes.readUInt16BE(4);
  const isRepeated = questions === 1 && repeats(question, bytes, exact);
  // Who cannot read EDNS may not have read the question either.
  const isUnread = questions === 0 && (bytes.readUInt8(3) & 0x0f) === ResponseCode.FORMERR;
  if (!isRepeated && !isUnread) return undefined;
  if (isRepeated) bytes.set(question.plain, HEADER_BYTES);
  return { code: codeOf(bytes), isTruncated: (high & TRUNCATED) !== 0, bytes };
}

/** @throws MalformedMessage */
export function answersOf({ bytes }: Answer): WireRecord[] {
  const reader = new WireReader(bytes);
  return reader.answers(bytes.readUInt16BE(4), bytes.readUInt16BE(6));
}

/** The data of a record of a known type that `answersOf` found. @throws MalformedMessage */
export function dataOf({ bytes }: Answer, { offset }: WireRecord): unknown {
  try {
    return record.decode(bytes, offset).data;
  } catch (error) {
    throw new MalformedMessage(`${error}`);
  }
}
