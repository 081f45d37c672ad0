// One question to the servers, one after the other, until one has an answer: what each outcome
// leads to, and how often they are asked. Of a round without an answer each waits twice as long.
import type { AskedFor, Call } from './call.js';
import { dnsError } from './errors.js';
import { type Answer, makeQuestion, ResponseCode } from './message.js';
import type { ServerAddress } from './servers.js';
import { askByTcp } from './tcp.js';
import { askByUdp, type Outcome } from './udp.js';

/** How servers are asked. */
export interface AskPlan {
  /** In the order in which they are asked. */
  readonly servers: readonly ServerAddress[];
  readonly timeoutMs: number;
  readonly tries: number;
  readonly edns: boolean;
  readonly caseByChance: boolean;
  readonly tcp: boolean;
}

/** What is asked. */
export interface Asked extends AskedFor {
  /** As `questionName` gave it. */
  readonly name: string;
  readonly type: string;
}

/** A round waits no longer than this. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

const CODES: Readonly<Record<number, string>> = {
  [ResponseCode.FORMERR]: 'EFORMERR',
  [ResponseCode.SERVFAIL]: 'ESERVFAIL',
  [ResponseCode.NOTIMP]: 'ENOTIMP',
  [ResponseCode.REFUSED]: 'EREFUSED',
};

/** What is said by who does not know EDNS, or this version of it. */
const NO_EDNS: readonly number[] = [
  ResponseCode.FORMERR,
  ResponseCode.NOTIMP,
  ResponseCode.BADVERS,
];

/** Whether there is such a name or not, it is an answer. */
function isFinal({ code }: Answer): boolean {
  return code === ResponseCode.NOERROR || code === ResponseCode.NXDOMAIN;
}

/** One server, by the ways that there are to ask it. */
class Asking {
  readonly #call: Call;
  readonly #plan: AskPlan;
  readonly #asked: Asked;
  /** Servers that do not know EDNS. */
  readonly #plain = new Set<ServerAddress>();

  constructor(call: Call, plan: AskPlan, asked: Asked) {
    this.#call = call;
    this.#plan = plan;
    this.#asked = asked;
  }

  async ask(server: ServerAddress, timeoutMs: number): Promise<Outcome> {
    const edns = this.#plan.edns && !this.#plain.has(server);
    const outcome = await this.#once(server, timeoutMs, edns);
    if (!edns || outcome.kind !== 'answer') return outcome;
    const { code } = outcome.answer;
    if (!NO_EDNS.includes(code)) return outcome;
    this.#plain.add(server);
    return this.#once(server, timeoutMs, false);
  }

  /** @throws what ended the call */
  async #once(server: ServerAddress, timeoutMs: number, edns: boolean): Promise<Outcome> {
    const { caseByChance, tcp } = this.#plan;
    const { name, type } = this.#asked;
    const question = makeQuestion(name, type, { edns, caseByChance });
    const by = (ask: typeof askByUdp) => {
      const start = ask(this.#call.loop, server, question, timeoutMs, caseByChance);
      return this.#call.wait<Outcome>((resolve, reject) => {
        try {
          return start(resolve, reject);
        } catch (cause) {
          // There is no way to it, or no descriptor: another may have one.
          if (this.#call.loop.closed) throw cause;
          resolve({ kind: 'unreachable', cause });
          return () => {};
        }
      });
    };
    if (tcp) return by(askByTcp);
    const outcome = await by(askByUdp);
    return outcome.kind === 'truncated' ? by(askByTcp) : outcome;
  }
}

/**
 * The first answer that says whether there is such a name, read by `read`.
 *
 * @param read throws for an answer that is malformed: another server may do better
 */
export async function askServers<T>(
  call: Call,
  plan: AskPlan,
  asked: Asked,
  read: (answer: Answer) => T,
): Promise<T> {
  const asking = new Asking(call, plan, asked);
  const { servers, tries } = plan;
  let code = 'ETIMEOUT';
  let cause: unknown;
  for (let round = 0; round < tries; round++) {
    const timeoutMs = Math.min(plan.timeoutMs * 2 ** round, MAX_TIMEOUT_MS);
    for (const server of servers) {
      const outcome = await asking.ask(server, timeoutMs);
      if (outcome.kind === 'unreachable') [code, cause] = ['ECONNREFUSED', outcome.cause];
      if (outcome.kind !== 'answer') continue;
      if (!isFinal(outcome.answer)) {
        [code, cause] = [CODES[outcome.answer.code] ?? 'ESERVFAIL', undefined];
        continue;
      }
      try {
        return read(outcome.answer);
      } catch (error) {
        [code, cause] = ['EBADRESP', error];
      }
    }
  }
  throw dnsError(code, asked.syscall, asked.hostname, cause);
}
