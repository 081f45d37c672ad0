// From an answer to the records that were asked for: those of the name of the question, or of
// the name that its aliases lead to. What else a server adds is nobody's: it is not looked at.
import { type Answer, answersOf, dataOf } from './message.js';
import { RECORDS, type RecordName, type RecordValues, recordNameOf } from './records.js';
import { MalformedMessage, Type, type WireRecord } from './wire.js';

const IN = 1;
/** More than any zone that means well has; c-ares and the resolvers of Linux have such a limit. */
const MAX_ALIASES = 16;

/**
 * The name that `name` is an alias of, from one to the next.
 *
 * @throws MalformedMessage for aliases in a circle, or too many
 */
function followAliases(answer: Answer, records: readonly WireRecord[], name: string): string {
  const aliases = new Map<string, WireRecord>();
  for (const record of records) {
    if (record.type === Type.CNAME && !aliases.has(record.owner)) {
      aliases.set(record.owner, record);
    }
  }
  let owner = name.toLowerCase();
  for (let i = 0; i <= MAX_ALIASES; i++) {
    const alias = aliases.get(owner);
    if (alias === undefined) return owner;
    owner = (dataOf(answer, alias) as string).toLowerCase();
  }
  throw new MalformedMessage('too many aliases');
}

function readRecord<Name extends RecordName>(
  answer: Answer,
  record: WireRecord,
  name: Name,
): RecordValues[Name] {
  // How long a time with its highest bit set is, is nothing: RFC 2181 8.
  const ttl = record.ttl < 2 ** 31 ? record.ttl : 0;
  return RECORDS[name].value(dataOf(answer, record) as never, ttl);
}

const recordsOf = (answer: Answer) => answersOf(answer).filter(({ cls }) => cls === IN);

/** The records of type `name` that `asked` has. @throws MalformedMessage */
export function valuesOf<Name extends RecordName>(
  answer: Answer,
  asked: string,
  name: Name,
): RecordValues[Name][] {
  const records = recordsOf(answer);
  const { type } = RECORDS[name];
  // Who asks for an alias does not want to know what it leads to.
  const owner = type === Type.CNAME ? asked.toLowerCase() : followAliases(answer, records, asked);
  return records
    .filter((record) => record.type === type && record.owner === owner)
    .map((record) => readRecord(answer, record, name));
}

/** All records of `asked` of types that are known. @throws MalformedMessage */
export function everyValue(answer: Answer, asked: string): [RecordName, unknown][] {
  const owner = asked.toLowerCase();
  return recordsOf(answer).flatMap((record): [RecordName, unknown][] => {
    const name = recordNameOf(record.type);
    if (name === undefined || record.owner !== owner) return [];
    return [[name, readRecord(answer, record, name)]];
  });
}
