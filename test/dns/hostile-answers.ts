// What a hostile server of a test says, by what it is.
import * as packet from 'dns-packet';
import type { LoopOfTest } from '../support/drive.js';
import {
  ALONE,
  type Asked,
  a,
  cname,
  type Deliver,
  NameServer,
  type Reply,
  rawReply,
  reply,
} from './server.js';

/** A server that says this, and a Resolver that asks it alone. */
export const asker =
  (test: LoopOfTest) =>
  (answer: (asked: Asked, count: number) => Reply, options = {}, deliver?: Deliver) => {
    const server = new NameServer(test.loop, answer, deliver);
    const servers = [server.address];
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers, timeoutMs: 9000, ...options });
    return { server, dns };
  };

export const changed = (bytes: Buffer, change: (bytes: Buffer) => void) => {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
};
export const good = (asked: Asked) => reply(asked, [a(asked.name, '192.0.2.1')]);
export const evil = (asked: Asked) => reply(asked, [a(asked.name, '192.0.2.66')]);

/** A record of these data, of the name of the question unless told: a pointer to it. */
export function record(type: number, data: Buffer, owner = Buffer.from([0xc0, 12])): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}
export const label = (text: string) =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
export const ROOT = Buffer.from([0]);
const CNAME = 5;
export const A = 1;
export const ADDRESS = Buffer.from([192, 0, 2, 66]);
/** An answer that the question was longer than there was room for. */
export const cut = (asked: Asked) => reply(asked, [], { flags: 1 << 9 });

export function questionOf({ id }: Asked, name: string, type: 'A' | 'AAAA'): Buffer {
  return packet.encode({ type: 'query', id, questions: [{ name, type }] });
}

/** By what they are: not one of these is an answer to the question. */
export const ASIDE: Record<string, (asked: Asked) => Reply> = {
  nothing: () => undefined,
  'an empty datagram': () => Buffer.alloc(0),
  'half a header': (asked) => evil(asked).subarray(0, 7),
  'another number': (asked) => changed(evil(asked), (bytes) => (bytes[1] = (bytes[1] ?? 0) ^ 1)),
  'a question': (asked) => asked.bytes,
  'another operation': (asked) => changed(evil(asked), (bytes) => (bytes[2] = (bytes[2] ?? 0) | 8)),
  'another name': (asked) => evil({ ...asked, bytes: questionOf(asked, 'y.test', 'A') }),
  'that another name cannot be read': (asked) => {
    const bytes = evil({ ...asked, bytes: questionOf(asked, 'y.test', 'A') });
    return changed(bytes, (header) => header.writeUInt16BE(0x8181, 2));
  },
  'another type': (asked) => evil({ ...asked, bytes: questionOf(asked, asked.name, 'AAAA') }),
  'another class': (asked) => {
    return changed(evil(asked), (bytes) => (bytes[12 + asked.name.length + 5] = 3));
  },
  'no question': (asked) => changed(evil(asked), (bytes) => bytes.writeUInt16BE(0, 4)),
  'two questions': (asked) => changed(evil(asked), (bytes) => bytes.writeUInt16BE(2, 4)),
  noise: () => Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 7919) & 255)),
};

/** By what they are: answers to the question that cannot be read. */
export const MALFORMED: Record<string, (asked: Asked) => Reply> = {
  'more records than there are': (asked) => rawReply(asked, Buffer.alloc(0), 1),
  '65,535 records of nothing': (asked) => rawReply(asked, Buffer.alloc(1000), 65_535),
  'a record that is cut': (asked) => rawReply(asked, record(A, ADDRESS).subarray(0, 13), 1),
  'an address of three bytes': (asked) => rawReply(asked, record(A, ADDRESS.subarray(1)), 1),
  'a name that leads to itself': (asked) => {
    const at = 12 + asked.name.length + 2 + 4;
    const self = Buffer.from([0xc0 + (at >> 8), at & 255]);
    return rawReply(asked, record(A, ADDRESS, self), 1);
  },
  'names that lead to each other': (asked) => {
    const at = 12 + asked.name.length + 2 + 4;
    const forth = Buffer.from([0xc0, at + 2, 0xc0, at]);
    return rawReply(asked, record(A, ADDRESS, forth), 1);
  },
  'a name that leads beyond the end': (asked) => {
    return rawReply(asked, record(A, ADDRESS, Buffer.from([0xff, 0xff])), 1);
  },
  'a label of another kind': (asked) => {
    return rawReply(asked, record(A, ADDRESS, Buffer.from([0x80, 0])), 1);
  },
  'a name of 300 bytes': (asked) => {
    const long = Buffer.concat([...Array(6).fill(label('x'.repeat(49))), ROOT]);
    return rawReply(asked, record(CNAME, long), 1);
  },
  'a NUL in a label': (asked) => {
    const name = Buffer.concat([label('good.test\0'), label('evil'), ROOT]);
    return rawReply(asked, record(CNAME, name), 1);
  },
  'a dot in a label': (asked) => {
    const name = Buffer.concat([label('y.test'), ROOT]);
    return rawReply(asked, Buffer.concat([record(CNAME, name), record(A, ADDRESS, name)]), 2);
  },
  'a line break in a label': (asked) => {
    return rawReply(asked, record(CNAME, Buffer.concat([label('a\nb'), ROOT])), 1);
  },
  'an alias that goes on behind its data': (asked) => {
    const name = Buffer.concat([label('y'), ROOT, ROOT]);
    return rawReply(asked, record(CNAME, name), 1);
  },
  'aliases in a circle': (asked) => {
    return reply(asked, [cname(asked.name, 'y.test'), cname('y.test', asked.name)]);
  },
  'an alias of itself': (asked) => reply(asked, [cname(asked.name, asked.name)]),
  'a hundred aliases': (asked) => {
    const chain = Array.from({ length: 100 }, (_, i) => cname(`n${i}`, `n${i + 1}`));
    return reply(asked, [cname(asked.name, 'n0'), ...chain, a('n100', '192.0.2.66')]);
  },
};
