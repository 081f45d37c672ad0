// A thread's answers: a message by the port, then a wake-up of the loop, unless one is under
// way that the loop has not heard yet.
import { isNativeError } from 'node:util/types';
import type { Transferable } from 'node:worker_threads';
import { wake } from '../../poller/index.js';
import { ANSWER, ANSWERED, ANSWERS, STATES, TOLD } from '../layout.js';
import { NOT_CLONED, type Report, THREW, type ThreadData } from '../messages.js';

/** What a copy of an error has; Bun's has no cause. */
const COPIED = new Set(['message', 'stack', ...(copiesCause() ? ['cause'] : [])]);

function copiesCause(): boolean {
  return structuredClone(new Error('', { cause: 1 })).cause === 1;
}

export class Reports {
  readonly #data: ThreadData;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** @throws DataCloneError when the value cannot be copied: then nothing was told */
  tell(report: Report, transfer?: readonly object[]): void {
    const { port } = this.#data;
    if (transfer === undefined) port.postMessage(report);
    else port.postMessage(report, transfer as Transferable[]);
    this.#wake();
  }

  /** Tells of a result that needs no message. False: it needs one. */
  answer(place: number, value: unknown, beginMs: number, runMs: number): boolean {
    const kind = typeof value === 'number' ? 0 : ANSWERS.indexOf(value, 1);
    if (kind < 0) return false;
    const { words, answers } = this.#data;
    const at = place * ANSWER;
    if (kind === 0) answers[at] = value as number;
    answers[at + 1] = beginMs;
    answers[at + 2] = runMs;
    Atomics.store(words, STATES + place, ANSWERED + kind);
    this.#wake();
    return true;
  }

  #wake(): void {
    const { told, waker } = this.#data;
    if (Atomics.exchange(told, TOLD, 1) === 0) wake(waker);
  }

  /** Tells of an error; of what it has, as much as can be copied. */
  tellError(place: number, error: unknown, beginMs = 0, runMs = 0): void {
    try {
      this.tell([place, THREW, error, beginMs, runMs, detailsOf(error)]);
      return;
    } catch {}
    // A property that is a function, say, or a getter that throws: what a person reads is left.
    const read = (key: string) => (isNativeError(error) ? textIn(error, key) : undefined);
    const copy = new Error(read('message') ?? textOf(error));
    copy.stack = read('stack') ?? copy.stack ?? '';
    const texts: Record<string, string> = {};
    const code = read('code');
    if (code !== undefined) texts['code'] = code;
    const name = read('name') ?? 'Error';
    if (name !== 'Error') texts['name'] = name;
    this.tell([place, THREW, copy, beginMs, runMs, texts]);
  }

  /** Tells that a result cannot be copied, and why. */
  tellNotCloned(place: number, reason: unknown, beginMs: number, runMs: number): void {
    const text = textIn(reason, 'message') ?? textOf(reason);
    this.tell([place, NOT_CLONED, text, beginMs, runMs]);
  }
}

/** A property that is text and can be read. */
function textIn(value: unknown, key: string): string | undefined {
  try {
    const text = Object(value)[key] as unknown;
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

/** The properties of an error that its copy lacks: the structured clone keeps a few only. */
function detailsOf(error: unknown): Record<string, unknown> | undefined {
  if (!isNativeError(error)) return undefined;
  const details: Record<string, unknown> = {};
  const own = Object.keys(error);
  if (!COPIED.has('cause') && error.cause !== undefined) own.push('cause');
  // That of Bun's own errors is their prototype's.
  if (typeof (error as { code?: unknown }).code === 'string') own.push('code');
  for (const key of own) {
    if (!COPIED.has(key)) details[key] = (error as unknown as Record<string, unknown>)[key];
  }
  if (error.name !== 'Error') details['name'] = error.name;
  return Object.keys(details).length === 0 ? undefined : details;
}
