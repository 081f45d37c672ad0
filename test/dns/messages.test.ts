// Whatever comes over the wire: a message of any bytes, or a good one that was changed anywhere,
// is read, or refused by a MalformedMessage, and never by anything else, and soon. What is read
// has letters alone in its names.
// Tried without its guard: without the check in `#skip` a record that is cut is a RangeError; with
// dns-packet alone, names have whatever bytes there were. What `#byte` refuses is refused later without
// it, as a name has an end and data end where they say.

import * as packet from 'dns-packet';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { everyValue, valuesOf } from '../../lib/dns/answer.js';
import { makeQuestion, readAnswer } from '../../lib/dns/message.js';
import { RECORDS, type RecordName } from '../../lib/dns/records.js';
import { MalformedMessage } from '../../lib/dns/wire.js';

const NAME = 'x.test';
const TYPES = Object.keys(RECORDS) as RecordName[];
const question = makeQuestion(NAME, 'ANY', { edns: true, caseByChance: false });

/** Reads all of it; whether there was anything to read. Throws what is not to be thrown. */
function readAll(bytes: Buffer): boolean {
  const answer = readAnswer(question, bytes, false);
  if (answer === undefined) return false;
  const reads = [
    ...TYPES.map(
      (type) => [() => valuesOf(answer, NAME, type), isName(type) ? 'name' : ''] as const,
    ),
    [
      () =>
        everyValue(answer, NAME).map(([type, value]) => ({ [isName(type) ? 'name' : '']: value })),
      '',
    ] as const,
  ];
  for (const [read, property] of reads) {
    try {
      checkNames(read(), property);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
    }
  }
  return true;
}

/** Properties that are names of hosts. */
const NAMES = new Set(['exchange', 'name', 'nsname', 'replacement']);
/** Whether what is told of such a record is a name alone. */
const isName = (type: RecordName) => type === 'CNAME' || type === 'NS' || type === 'PTR';

function checkNames(value: unknown, property = ''): void {
  if (typeof value === 'string' && NAMES.has(property)) expect(value).toMatch(/^[\x21-\x7e]*$/);
  else if (Array.isArray(value)) for (const each of value) checkNames(each, property);
  else if (typeof value === 'object' && value !== null) {
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    for (const [name, each] of Object.entries(value)) checkNames(each, name);
  }
}

const host = fc.stringMatching(/^[a-z]{1,9}\.[a-z]{1,9}$/);
const number = fc.integer({ min: 0, max: 65_535 });
const data: Record<string, fc.Arbitrary<unknown>> = {
  A: fc.constant('192.0.2.1'),
  AAAA: fc.constant('2001:db8::1'),
  CNAME: host,
  NS: host,
  PTR: host,
  MX: fc.record({ preference: number, exchange: host }),
  SRV: fc.record({ priority: number, weight: number, port: number, target: host }),
  TXT: fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 4 }),
  CAA: fc.record({ flags: fc.constant(0), tag: fc.constant('issue'), value: fc.string() }),
  SOA: fc.record({
    mname: host,
    rname: host,
    serial: number,
    refresh: number,
    retry: number,
    expire: number,
    minimum: number,
  }),
  NAPTR: fc.record({
    order: number,
    preference: number,
    flags: fc.constant('s'),
    services: fc.constant('x'),
    regexp: fc.constant(''),
    replacement: host,
  }),
};
const records = fc.array(
  fc.oneof(
    ...Object.entries(data).map(([type, values]) =>
      values.map((value) => ({ type, name: NAME, ttl: 1, data: value }) as packet.Answer),
    ),
  ),
  { maxLength: 6 },
);

function messageOf(answers: packet.Answer[]): Buffer {
  const { id } = question;
  const questions = [{ type: 'ANY' as 'A', name: NAME }];
  return packet.encode({ type: 'response', id, questions, answers });
}

it('any bytes behind a question that is ours', () => {
  const head = messageOf([]);
  const bytes = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(bytes, number, (tail, count) => {
      const message = Buffer.concat([head, tail]);
      message.writeUInt16BE(count, 6);
      expect(readAll(message)).toBe(true);
    }),
    { numRuns: 800 },
  );
});

it('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void readAll(Buffer.from(bytes))),
    { numRuns: 500 },
  );
});

it('good messages, which say what was put into them, also when they are changed', () => {
  const changes = fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(records, changes, (answers, places) => {
      const message = messageOf(answers);
      const answer = readAnswer(question, message, false);
      expect(answer && everyValue(answer, NAME)).toHaveLength(answers.length);
      for (const [at, byte] of places) message[at % message.length] = byte;
      readAll(message);
    }),
    { numRuns: 500 },
  );
});
