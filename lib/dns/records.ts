// The records that a Resolver tells of, in Node's shapes, by their types: what is asked, what a
// failed question is called, and what is made of the data that dns-packet has read.
import type { CaaData, MxData, NaptrData, SoaData, SrvData } from 'dns-packet';
import { written } from './names.js';
import type {
  AddressWithTtl,
  CaaRecord,
  MxRecord,
  NaptrRecord,
  SoaRecord,
  SrvRecord,
} from './record-types.js';
import { MalformedMessage, Type } from './wire.js';

/** What is made of a record, by its type. */
export interface RecordValues {
  A: AddressWithTtl;
  AAAA: AddressWithTtl;
  CAA: CaaRecord;
  CNAME: string;
  MX: MxRecord;
  NAPTR: NaptrRecord;
  NS: string;
  PTR: string;
  SOA: SoaRecord;
  SRV: SrvRecord;
  TXT: string[];
}

export type RecordName = keyof RecordValues;

interface Row<Value> {
  readonly type: number;
  /** What a question for it is called in errors. */
  readonly syscall: string;
  /** From what dns-packet has read. */
  readonly value: (data: never, ttl: number) => Value;
}

/** A name that ends in the root has no dot at its end; the root itself is ''. */
const nameOf = (data: string) => (data === '.' ? '' : data);
const address = (data: string, ttl: number): AddressWithTtl => ({ address: data, ttl });

function caaOf({ flags, tag, value }: CaaData): CaaRecord {
  // It becomes the name of a property. See RFC 8659 4.1.
  if (!/^[a-z0-9]+$/i.test(tag)) throw new MalformedMessage('a tag of no letters');
  return { critical: flags ?? 0, [tag]: value };
}

function soaOf(data: SoaData): SoaRecord {
  const { serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0 } = data;
  const [nsname, hostmaster] = [nameOf(data.mname), nameOf(data.rname)];
  return { nsname, hostmaster, serial, refresh, retry, expire, minttl: minimum };
}

export const RECORDS: { readonly [Name in RecordName]: Row<RecordValues[Name]> } = {
  A: { type: Type.A, syscall: 'queryA', value: address },
  AAAA: {
    type: Type.AAAA,
    syscall: 'queryAaaa',
    // dns-packet leaves out the first zeros, not the most.
    value: (data: string, ttl) => address(written(data), ttl),
  },
  CAA: { type: Type.CAA, syscall: 'queryCaa', value: caaOf },
  CNAME: { type: Type.CNAME, syscall: 'queryCname', value: nameOf },
  MX: {
    type: Type.MX,
    syscall: 'queryMx',
    value: ({ exchange, preference = 0 }: MxData) => {
      return { exchange: nameOf(exchange), priority: preference };
    },
  },
  NAPTR: {
    type: Type.NAPTR,
    syscall: 'queryNaptr',
    value: ({ flags, services, regexp, replacement, order, preference }: NaptrData) => {
      const service = services;
      return { flags, service, regexp, replacement: nameOf(replacement), order, preference };
    },
  },
  NS: { type: Type.NS, syscall: 'queryNs', value: nameOf },
  PTR: { type: Type.PTR, syscall: 'queryPtr', value: nameOf },
  SOA: { type: Type.SOA, syscall: 'querySoa', value: soaOf },
  SRV: {
    type: Type.SRV,
    syscall: 'querySrv',
    value: ({ target, port, priority = 0, weight = 0 }: SrvData) => {
      return { name: nameOf(target), port, priority, weight };
    },
  },
  TXT: {
    type: Type.TXT,
    syscall: 'queryTxt',
    // Bytes, each a letter, as Node has them.
    value: (texts: Buffer[]) => texts.map((text) => text.toString('latin1')),
  },
};

/** The name of a type that is known. */
export function recordNameOf(type: number): RecordName | undefined {
  return (Object.keys(RECORDS) as RecordName[]).find((name) => RECORDS[name].type === type);
}
