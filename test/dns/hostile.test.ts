// Answers of a server that means harm: each is left aside or told as EBADRESP, soon, and nothing of it
// reaches the program. What is left aside leads to ETIMEOUT, as the right answer may still come; then
// it is taken.
// Tried without its guard: with `readAnswer` that looks at the number alone, those of another
// question, without its looks at the bits of the header those of a question and of another operation;
// without MAX_LABELS the one of costly names takes seconds; without the check of letters those of names
// with a NUL or a dot; without the one of tags that of __proto__; without MAX_ALIASES that of a circle;
// without `#at !== end` the one of an alias that goes on. In wire.ts `target >= before`, the kind and
// the length of a label and that of a name each have another check behind them, which ends it later:
// none of them is seen missing alone. Without the first and MAX_LABELS the loop hangs.
import { describe, expect, it } from 'vitest';
import type { Resolver } from '../../lib/dns/resolver.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import {
  A,
  ADDRESS,
  ASIDE,
  asker,
  cut,
  evil,
  good,
  label,
  MALFORMED,
  questionOf,
  ROOT,
  record,
} from './hostile-answers.js';
import { type Asked, NameServer, type Reply, rawReply } from './server.js';

guardDescriptors();
const test = eachWithLoop();
const ask = asker(test);
/** For what is never answered. */
const SOON_MS = 60;

describe.each(DRIVE_MODES)('a hostile server (%s)', (mode) => {
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

  it('that says other things by TCP is told of', async () => {
    const answers = {
      another: (asked: Asked) => evil({ ...asked, bytes: questionOf(asked, 'y.test', 'A') }),
      nothing: () => Buffer.alloc(0),
      'less once more': cut,
    };
    const resolver = (answer: (asked: Asked) => Reply) =>
      ask((asked) => (asked.by === 'udp' ? cut(asked) : answer(asked))).dns;
    expect(await endings(answers, resolver)).toEqual(each(answers, 'ECONNREFUSED'));
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

  it('that sends 64 KiB of text, or as many wrong answers as may be, is heard', async () => {
    const text = Buffer.concat(Array.from({ length: 250 }, () => label('x'.repeat(255))));
    const long = ask((asked) =>
      asked.by === 'udp' ? cut(asked) : rawReply(asked, record(16, text), 1),
    );
    const noisy = ask((asked) => [...Array(31).fill(Buffer.alloc(12)), good(asked)]);
    const found = [long.dns.resolveTxt('x.test'), noisy.dns.resolve4('x.test')] as const;
    await drive(test.loop, mode);
    expect(await found[0]).toEqual([Array(250).fill('x'.repeat(255))]);
    expect(await found[1]).toEqual(['192.0.2.1']);
    expect(noisy.server.asked.map(({ by }) => by)).toEqual(['udp']);
  });

  it('cannot name a property of its choice', async () => {
    const caa = (tag: string) => Buffer.concat([Buffer.from([0]), label(tag), Buffer.from('x')]);
    const { dns } = ask((asked) => rawReply(asked, record(257, caa('__proto__')), 1));
    const error = dns.resolveCaa('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await error).toBe('EBADRESP');
  });
});
