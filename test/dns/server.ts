// A name server of a test, by UDP and TCP at one port of the loopback, on the test's own loop:
// it says to each question what the test wants it to, however wrong that is. It holds no loop.
import type { AddressInfo } from 'node:net';
import * as packet from 'dns-packet';
import type { Resolver } from '../../lib/dns/resolver.js';
import type { ResolverOptions } from '../../lib/dns/resolver-options.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { openedSince } from '../support/descriptors.js';
import { type DriveMode, drive } from '../support/drive.js';

/** A question as it came. */
export interface Asked {
  readonly by: 'udp' | 'tcp';
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly hasEdns: boolean;
  /** The port that it came from. */
  readonly port: number;
  readonly bytes: Buffer;
}

/** What is sent back: messages, one after the other. */
export type Reply = Buffer | readonly Buffer[] | undefined;

export function reply(
  { bytes }: Asked,
  answers: readonly packet.Answer[] = [],
  { rcode = 0, flags = 0 } = {},
): Buffer {
  const { id, questions } = packet.decode(bytes);
  return packet.encode({
    type: 'response',
    id: id ?? 0,
    flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | flags | rcode,
    questions: questions ?? [],
    answers: [...answers],
  });
}

/** The same with other bytes behind the header and the question, and as many records as told. */
export function rawReply(asked: Asked, answers: Buffer, count: number, flags = 0x8180): Buffer {
  const { id, name, type } = asked;
  const question = packet.encode({ type: 'query', id, questions: [{ type: type as 'A', name }] });
  question.writeUInt16BE(flags, 2);
  question.writeUInt16BE(count, 6);
  return Buffer.concat([question, answers]);
}

export const a = (name: string, data: string, ttl = 60): packet.Answer => {
  return { type: 'A', name, data, ttl };
};
export const aaaa = (name: string, data: string, ttl = 60): packet.Answer => {
  return { type: 'AAAA', name, data, ttl };
};
export const cname = (name: string, data: string): packet.Answer => {
  return { type: 'CNAME', name, data, ttl: 60 };
};

/** How a message goes by TCP, with its length in front. */
export type Deliver = (socket: Socket, bytes: Buffer) => void;

export class NameServer {
  readonly asked: Asked[] = [];
  readonly port: number;
  readonly #answer: (asked: Asked, count: number) => Reply;

  constructor(
    loop: EventLoop,
    answer: (asked: Asked, count: number) => Reply,
    deliver: Deliver = (socket, bytes) => void socket.write(bytes),
  ) {
    this.#answer = answer;
    let port: number | undefined;
    while (port === undefined) port = this.#openAtOnePort(loop, deliver);
    this.port = port;
  }

  /** Undefined: the port that TCP was given is another's by UDP. */
  #openAtOnePort(loop: EventLoop, deliver: Deliver): number | undefined {
    const host = '127.0.0.1';
    const server = loop.listen(
      { host, port: 0 },
      {
        data: (socket, chunk) => {
          const framed = Buffer.from(chunk);
          const bytes = framed.subarray(2);
          // Who waits for the rest of a message that is said to be longer says nothing.
          if (framed.readUInt16BE() !== bytes.length) return;
          const { port } = socket.remoteAddress as AddressInfo;
          for (const message of this.#take('tcp', bytes, port)) {
            const length = Buffer.alloc(2);
            length.writeUInt16BE(message.length);
            deliver(socket, Buffer.concat([length, message]));
          }
        },
      },
    );
    server.unref();
    const { port } = server.address as AddressInfo;
    try {
      this.#openUdp(loop, { host, port }).unref();
      return port;
    } catch (error) {
      server.close();
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
      throw error;
    }
  }

  #openUdp(loop: EventLoop, at: { host: string; port: number }) {
    return loop.dgram(at, {
      message: (socket, chunk, from) => {
        const { port } = from as unknown as { port: number };
        for (const message of this.#take('udp', Buffer.from(chunk), port)) {
          socket.send(message, from);
        }
      },
      // Whoever asked has gone.
      error: () => {},
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  #take(by: 'udp' | 'tcp', bytes: Buffer, port: number): readonly Buffer[] {
    const { id = 0, questions = [], additionals = [] } = packet.decode(bytes);
    const [{ name, type }] = questions as [packet.Question];
    const hasEdns = additionals.some((each) => each.type === 'OPT');
    const asked: Asked = { by, id, name, type, hasEdns, port, bytes };
    this.asked.push(asked);
    const told = this.#answer(asked, this.asked.length);
    if (told === undefined) return [];
    return Buffer.isBuffer(told) ? [told] : told;
  }
}

/** How many sockets were opened since: a question has one while it waits for its answer. */
export function socketsSince(before: Map<number, string>): number {
  return openedSince(before).filter(([, what]) => /^(?:socket|kind 12):/.test(what)).length;
}

/** What keeps a Resolver of a test away from the system's own files and servers. */
export const ALONE: ResolverOptions = {
  hosts: false,
  resolvConf: '/dev/null',
  search: [],
  // Server and Resolver stand still together, and then timers come first.
  timeoutMs: 20_000,
  tries: 1,
};

/** A Resolver that asks these servers alone. */
export function resolverAt(
  loop: EventLoop,
  servers: readonly NameServer[],
  options: ResolverOptions = {},
): Resolver {
  const addresses = servers.map(({ address }) => address);
  return new loop.dns.Resolver({ ...ALONE, servers: addresses, ...options });
}

/** What a look-up ends with: its value, or code, syscall, hostname and message. */
export async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    const { code, syscall, hostname, message } = error as Record<string, unknown>;
    return { code, syscall, hostname, message };
  }
}

/** The outcome of each, with the loop driven until all are there. */
export async function outcomes(
  loop: EventLoop,
  mode: DriveMode,
  ...work: Promise<unknown>[]
): Promise<unknown[]> {
  const all = Promise.all(work.map(outcome));
  await drive(loop, mode);
  return all;
}

/** Records without their type, which Node tells from version 24 on, whatever was asked for. */
export function withoutType(found: unknown): unknown {
  if (Array.isArray(found)) return found.map(withoutType);
  if (typeof found !== 'object' || found === null) return found;
  const { type: _, ...rest } = found as { type?: string };
  return rest;
}

/** A record of each type. */
export const ZONE: Record<string, packet.Answer[]> = {
  A: [a('x.test', '192.0.2.1', 7), a('x.test', '192.0.2.2', 8)],
  AAAA: [aaaa('x.test', '2001:db8::1', 9)],
  CAA: [
    {
      type: 'CAA',
      name: 'x.test',
      data: { flags: 128, tag: 'issue', value: 'ca.test', issuerCritical: true },
    },
  ],
  CNAME: [cname('x.test', 'y.test')],
  MX: [{ type: 'MX', name: 'x.test', data: { preference: 5, exchange: 'mail.x.test' } }],
  NAPTR: [
    {
      type: 'NAPTR',
      name: 'x.test',
      data: {
        order: 1,
        preference: 2,
        flags: 's',
        services: 'SIP+D2U',
        regexp: '',
        replacement: '_sip._udp.x.test',
      },
    },
  ],
  NS: [{ type: 'NS', name: 'x.test', data: 'ns.x.test' }],
  PTR: [{ type: 'PTR', name: 'x.test', data: 'p.x.test' }],
  SOA: [
    {
      type: 'SOA',
      name: 'x.test',
      data: {
        mname: 'ns.x.test',
        rname: 'root.x.test',
        serial: 4_000_000_000,
        refresh: 1,
        retry: 2,
        expire: 3,
        minimum: 4,
      },
    },
  ],
  SRV: [
    {
      type: 'SRV',
      name: 'x.test',
      data: { priority: 1, weight: 2, port: 3, target: 's.x.test' },
    },
  ],
  TXT: [{ type: 'TXT', name: 'x.test', data: ['one', Buffer.from([0xe9, 0])] }],
};
