// What else a server that means harm does, or somebody who guesses, or one of little wit: from
// where, how and beside what it answers. The program hears of the right answer, or of none, in time.
// Tried without its guard: without STRAYS the one of who guesses; without the timer in tcp.ts the one
// that is heard byte by byte hangs; with `close` there that does not settle those of who leaves; with
// records of any name, any class or any time in answer.ts that of nobody's; without
// `isUnread` that without EDNS; without `codeOf` that and the one of codes of EDNS;
// without `#plain.add` the one who is not asked by it again.
import { createSocket } from 'node:dgram';
import * as packet from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { asker, changed, evil, good } from './hostile-answers.js';
import { type Asked, a, type Deliver, NameServer, rawReply, reply } from './server.js';

guardDescriptors();
const test = eachWithLoop();
const ask = asker(test);
/** For what is never answered. */
const SOON_MS = 60;

/** An empty answer whose code has upper bits, beside what is no record of EDNS. */
const extended = (upper: number, rcode: number) => (asked: Asked) => {
  const opt = { type: 'OPT', name: '.', udpPayloadSize: 512, extendedRcode: upper, options: [] };
  const { id, questions = [] } = packet.decode(asked.bytes);
  const additionals = [a('x.test', '192.0.2.67'), opt as unknown as packet.Answer];
  return packet.encode({ type: 'response', id: id ?? 0, flags: rcode, questions, additionals });
};

describe.each(DRIVE_MODES)('a hostile server (%s)', (mode) => {
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

  it('that sends a datagram longer than there is room is asked by TCP', async () => {
    const { server, dns } = ask((asked) =>
      asked.by === 'tcp' ? good(asked) : rawReply(asked, Buffer.alloc(60_000), 1),
    );
    const found = dns.resolve4('x.test');
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
    expect(server.asked).toHaveLength(2);
  });

  it('that sends byte by byte is heard in time, and no longer', async () => {
    const drip =
      (end: number): Deliver =>
      (socket, bytes) => {
        let at = 0;
        const timer = test.loop.setInterval(() => {
          if (at < Math.min(bytes.length, end) && socket.active) {
            socket.write(bytes.subarray(at, ++at));
          } else test.loop.clearInterval(timer);
        }, 1);
      };
    const heard = ask(good, { tcp: true }, drip(Number.POSITIVE_INFINITY));
    const cut = ask(good, { tcp: true, timeoutMs: SOON_MS }, drip(20));
    const found = heard.dns.resolve4('x.test');
    const error = cut.dns.resolve4('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await found).toEqual(['192.0.2.1']);
    expect(await error).toBe('ETIMEOUT');
  });

  it('that leaves by TCP, before its answer or in the middle, gives way to another', async () => {
    const other = new NameServer(test.loop, good);
    const leaves: Deliver[] = [
      (socket) => socket.end(),
      (socket) => socket.resetAndDestroy(),
      (socket, bytes) => void socket.end(bytes.subarray(0, 20)),
      (socket) => void socket.end(Buffer.from([0])),
    ];
    const all = leaves.map(async (deliver) => {
      const { server, dns } = ask(good, { tcp: true }, deliver);
      const alone = await dns.resolve4('x.test').catch(({ code }) => code);
      dns.setServers([server.address, other.address]);
      return [alone, await dns.resolve4('x.test')];
    });
    await drive(test.loop, mode);
    expect(await Promise.all(all)).toEqual(all.map(() => ['ECONNREFUSED', ['192.0.2.1']]));
  });

  it('is heard with what belongs to nobody beside its answer, which is not looked at', async () => {
    const beside = (asked: Asked) => {
      const { id, questions = [] } = packet.decode(asked.bytes);
      const evilOnes = [a('x.test', '192.0.2.66'), a('ns.y.test', '192.0.2.67')];
      const cookie = { code: 10, data: Buffer.alloc(40, 7) };
      const opt = { type: 'OPT', name: '.', udpPayloadSize: 65_535, options: [cookie] };
      return packet.encode({
        ...{ type: 'response', id: id ?? 0, questions },
        // Of another name, of another class (CHAOS), and with a time that is none.
        answers: [
          a('bank.test', '192.0.2.68'),
          { ...a('x.test', '192.0.2.69'), class: 'CH' } as packet.Answer,
          a('x.test', '192.0.2.1', 2 ** 31),
        ],
        authorities: evilOnes,
        additionals: [...evilOnes, opt as packet.Answer],
      });
    };
    const { dns } = ask(beside);
    const found = [dns.resolve4('x.test'), dns.resolveAny('x.test')];
    await drive(test.loop, mode);
    const only = { type: 'A', address: '192.0.2.1', ttl: 0 };
    expect(await Promise.all(found)).toEqual([['192.0.2.1'], [only]]);
  });

  it('that cannot read the question is asked without EDNS, however it says so', async () => {
    const header = (asked: Asked) => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt16BE(asked.id, 0);
      bytes.writeUInt16BE(0x8181, 2);
      return bytes;
    };
    const ways = [header, (asked: Asked) => reply(asked, [], { rcode: 4 }), extended(1, 0)];
    const asks = ways.map((way) => ask((asked) => (asked.hasEdns ? way(asked) : good(asked))));
    const found = asks.map(({ dns }) => dns.resolve4('x.test'));
    await drive(test.loop, mode);
    expect(await Promise.all(found)).toEqual(ways.map(() => ['192.0.2.1']));
    for (const { server } of asks) {
      expect(server.asked.map(({ hasEdns }) => hasEdns)).toEqual([true, false]);
    }
  });

  it('that does not know EDNS is not asked by it again', async () => {
    const { server, dns } = ask((asked) => reply(asked, [], { rcode: asked.hasEdns ? 1 : 2 }), {
      tries: 2,
    });
    const error = dns.resolve4('x.test').catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await error).toBe('ESERVFAIL');
    expect(server.asked.map(({ hasEdns }) => hasEdns)).toEqual([true, false, false]);
  });

  it('that fails with a code of EDNS has not said that there is nothing', async () => {
    const other = new NameServer(test.loop, good);
    // Of BADVERS and BADCOOKIE the lower bits are those of NOERROR and YXRRSET.
    const all = [extended(1, 0), extended(1, 7)].map(async (answer) => {
      const { server, dns } = ask(answer);
      const alone = await dns.resolve4('x.test').catch(({ code }) => code);
      dns.setServers([server.address, other.address]);
      return [alone, await dns.resolve4('x.test')];
    });
    await drive(test.loop, mode);
    expect(await Promise.all(all)).toEqual(all.map(() => ['ESERVFAIL', ['192.0.2.1']]));
  });
});
