// Answers of a server that means harm, or of somebody who guesses: each is left aside or told as
// EBADRESP, soon, and nothing of it reaches the program. What is left aside leads to ETIMEOUT,
// as the right answer may still come; in `honest` it does.
// Tried without its guard: with `readAnswer` that looks at the number alone, those of another
// question; without `target >= before` in wire.ts the loop hangs; without MAX_LABELS the one of
// costly names takes seconds; without the check of letters those of names with a NUL or a dot;
// without the one of tags that of __proto__; without MAX_ALIASES that of a circle; without STRAYS
// the one of who guesses.
import { createSocket } from 'node:dgram';
import * as packet from 'dns-packet';
import { describe, expect, it } from 'vitest';
import type { Resolver } from '../../lib/dns/resolver.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { ALONE, type Asked, a, cname, NameServer, type Reply, rawReply, reply } from './server.js';

guardDescriptors();
const test = eachWithLoop();
/** For what is never answered. */
const SOON_MS = 60;

const changed = (bytes: Buffer, change: (bytes: Buffer) => void) => {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
};
const good = (asked: Asked) => reply(asked, [a(asked.name, '192.0.2.1')]);
const evil = (asked: Asked) => reply(asked, [a(asked.name, '192.0.2.66')]);

/** A record of these data, of the name of the question unless told: a pointer to it. */
function record(type: number, data: Buffer, owner = Buffer.from([0xc0, 12])): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}
const label = (text: string) =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
const ROOT = Buffer.from([0]);
const CNAME = 5;
const A = 1;
const ADDRESS = Buffer.from([192, 0, 2, 66]);

/** By what they are: not one of these is an answer to the question. */
const ASIDE: Record<string, (asked: Asked) => Reply> = {
  nothing: () => undefined,
  'an empty datagram': () => Buffer.alloc(0),
  'half a header': (asked) => evil(asked).subarray(0, 7),
  'another number': (asked) => changed(evil(asked), (bytes) => (bytes[1] = (bytes[1] ?? 0) ^ 1)),
  'a question': (asked) => asked.bytes,
  'another operation': (asked) => changed(evil(asked), (bytes) => (bytes[2] = (bytes[2] ?? 0) | 8)),
  'another name': (asked) => evil({ ...asked, bytes: questionOf(asked, 'y.test', 'A') }),
  'another type': (asked) => evil({ ...asked, bytes: questionOf(asked, asked.name, 'AAAA') }),
  'another class': (asked) => {
    return changed(evil(asked), (bytes) => (bytes[12 + asked.name.length + 5] = 3));
  },
  'no question': (asked) => changed(evil(asked), (bytes) => bytes.writeUInt16BE(0, 4)),
  'two questions': (asked) => changed(evil(asked), (bytes) => bytes.writeUInt16BE(2, 4)),
  noise: () => Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 7919) & 255)),
};

function questionOf({ id }: Asked, name: string, type: 'A' | 'AAAA'): Buffer {
  return packet.encode({ type: 'query', id, questions: [{ name, type }] });
}

/** By what they are: answers to the question that cannot be read. */
const MALFORMED: Record<string, (asked: Asked) => Reply> = {
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

describe.each(DRIVE_MODES)('a hostile server (%s)', (mode) => {
  const ask = (answer: (asked: Asked, count: number) => Reply, options = {}) => {
    const server = new NameServer(test.loop, answer);
    const servers = [server.address];
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers, timeoutMs: 9000, ...options });
    return { server, dns };
  };

  /** The code or the addresses that a question ends with, for each answer, by its name. */
  async function endings(
    answers: Record<string, (asked: Asked) => Reply>,
    resolver: (answer: (asked: Asked) => Reply) => Resolver,
  ): Promise<[string, unknown][]> {
    const all = Object.entries(answers).map(async ([what, answer]): Promise<[string, unknown]> => {
      const ended = await resolver(answer)
        .resolve4('x.test')
        .catch(({ code }) => code);
      return [what, ended];
    });
    await drive(test.loop, mode);
    return Promise.all(all);
  }
  const each = (answers: object, ending: unknown) =>
    Object.keys(answers).map((what) => [what, ending]);

  it('that says something else is as a silent one', async () => {
    const resolver = (answer: (asked: Asked) => Reply) => ask(answer, { timeoutMs: SOON_MS }).dns;
    expect(await endings(ASIDE, resolver)).toEqual(each(ASIDE, 'ETIMEOUT'));
  });

  it('that says something else first is not in the way', async () => {
    const resolver = (answer: (asked: Asked) => Reply) =>
      ask((asked) => [answer(asked) ?? [], good(asked)].flat()).dns;
    expect(await endings(ASIDE, resolver)).toEqual(each(ASIDE, ['192.0.2.1']));
  });

  it('that says what cannot be read is told of, by UDP and by TCP', async () => {
    for (const tcp of [false, true]) {
      const resolver = (answer: (asked: Asked) => Reply) => ask(answer, { tcp }).dns;
      expect(await endings(MALFORMED, resolver)).toEqual(each(MALFORMED, 'EBADRESP'));
    }
  });

  it('that says what cannot be read gives way to another', async () => {
    const other = new NameServer(test.loop, good);
    const resolver = (answer: (asked: Asked) => Reply) => {
      const { dns, server } = ask(answer);
      dns.setServers([server.address, other.address]);
      return dns;
    };
    expect(await endings(MALFORMED, resolver)).toEqual(each(MALFORMED, ['192.0.2.1']));
  });

  it('with an answer from another port or address is not heard', async () => {
    const stranger = createSocket('udp4');
    await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.2', resolve));
    const sent: Promise<void>[] = [];
    const { dns } = ask(
      (asked) => {
        sent.push(
          new Promise((resolve) =>
            stranger.send(evil(asked), asked.port, '127.0.0.1', () => resolve()),
          ),
        );
        return undefined;
      },
      { timeoutMs: SOON_MS },
    );
    const error = dns.resolve4('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await error).toBe('ETIMEOUT');
    await Promise.all(sent);
    stranger.close();
  });

  it('that guesses often is left for TCP, where nobody can', async () => {
    const { server, dns } = ask((asked) => {
      if (asked.by === 'tcp') return good(asked);
      const guess = (i: number) =>
        changed(evil(asked), (bytes) => bytes.writeUInt16BE(asked.id ^ (i + 1), 0));
      return Array.from({ length: 64 }, (_, i) => guess(i));
    });
    const found = dns.resolve4('x.test');
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
    expect(server.asked.map(({ by }) => by)).toEqual(['udp', 'tcp']);
  });

  it('with thousands of answers is heard, with 64 KiB of costly names is not', async () => {
    const address = record(A, ADDRESS);
    const many = Buffer.concat(Array.from({ length: 4000 }, () => address));
    // 120 labels to each of 4,000 records.
    const long = Buffer.concat([...Array(120).fill(label('x')), ROOT]);
    const costly = (asked: Asked) => {
      const at = 12 + asked.name.length + 2 + 4;
      const again = record(A, ADDRESS, Buffer.from([0xc0, at]));
      const all = [record(A, ADDRESS, long), ...Array.from({ length: 4000 }, () => again)];
      return rawReply(asked, Buffer.concat(all), all.length);
    };
    const cut = (asked: Asked) => reply(asked, [], { flags: 1 << 9 });
    const byTcp = (answer: (asked: Asked) => Reply) => (asked: Asked) =>
      asked.by === 'udp' ? cut(asked) : answer(asked);
    const found = ask(byTcp((asked) => rawReply(asked, many, 4000)));
    const refused = ask(byTcp(costly));
    const all = found.dns.resolve4('x.test');
    const error = refused.dns.resolve4('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await all).toHaveLength(4000);
    expect(await error).toBe('EBADRESP');
  });

  it('that sends a datagram longer than there is room is asked by TCP', async () => {
    const { server, dns } = ask((asked) =>
      asked.by === 'tcp' ? good(asked) : rawReply(asked, Buffer.alloc(60_000), 1),
    );
    const found = dns.resolve4('x.test');
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
    expect(server.asked).toHaveLength(2);
  });

  it('that says other things by TCP is told of', async () => {
    const cut = (asked: Asked) => reply(asked, [], { flags: 1 << 9 });
    const answers = {
      another: (asked: Asked) => evil({ ...asked, bytes: questionOf(asked, 'y.test', 'A') }),
      nothing: () => Buffer.alloc(0),
      'less once more': cut,
    };
    const resolver = (answer: (asked: Asked) => Reply) =>
      ask((asked) => (asked.by === 'udp' ? cut(asked) : answer(asked))).dns;
    expect(await endings(answers, resolver)).toEqual(each(answers, 'ECONNREFUSED'));
  });

  it('cannot name a property of its choice', async () => {
    const caa = (tag: string) => Buffer.concat([Buffer.from([0]), label(tag), Buffer.from('x')]);
    const { dns } = ask((asked) => rawReply(asked, record(257, caa('__proto__')), 1));
    const error = dns.resolveCaa('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await error).toBe('EBADRESP');
  });
});
