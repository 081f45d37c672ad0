// What each lesson says of what happened, held against the figures that it printed: reckoned anew
// from the text, as a reader could. No figure has to be any: machines and their load differ.
import { expect } from 'vitest';

/** Fails where the sentence is not true of the figures. */
export type Check = (text: string) => void;

/** The numbers in a text. */
const numbersIn = (text: string) => (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);

/** What the groups of the one match are. */
function groupsOf(text: string, pattern: RegExp): string[] {
  expect(text).toMatch(pattern);
  return [...(pattern.exec(text) ?? [])].slice(1);
}

/** The sentence that begins with "So", in one line. */
function sentenceOf(text: string): string {
  const [, sentence = ''] = /^(So .*)$/ms.exec(text) ?? [];
  return sentence.trim().replace(/\s+/g, ' ');
}

const most = (list: readonly number[]) => Math.max(...list);
const least = (list: readonly number[]) => Math.min(...list);

/** a / b as it is printed. */
const times = (a: number | undefined, b: number | undefined) =>
  ((a ?? Number.NaN) / (b ?? Number.NaN)).toFixed(2);
const percent = (part: number, whole: number) => Math.round((100 * part) / whole);

interface Keys {
  began: number[];
  ended: number[];
}

/** Those that began before any had ended. */
const atOnce = ({ began, ended }: Keys) => ended.filter((_, i) => (began[i] ?? 0) < least(ended));

function keys(text: string): void {
  const rows = [...text.matchAll(/began([ \d.]+)ms\n +ended([ \d.]+)ms/g)].map(
    ([, began = '', ended = '']) => ({ began: numbersIn(began), ended: numbersIn(ended) }),
  );
  expect(rows.map(({ ended }) => ended.length)).toEqual([5, 5, 5, 5]);
  const [four, two, five, alone] = rows as [Keys, Keys, Keys, Keys];
  const first = atOnce(four);
  const spread = Number((most(first) - least(four.ended)).toFixed(1));
  const later = Number((most(four.ended) - most(first)).toFixed(1));
  const again = text.includes('2 processors') ? 'on one processor' : 'once more on this processor';
  expect(sentenceOf(text)).toBe(
    `So of 5 keys 4 threads had ${first.length} begin at once, 2 had ${atOnce(two).length}, and 5 had ` +
      `${atOnce(five).length}: the ${first.length} ended within ${spread} ms, all 5 were done ${later} ms ` +
      `later, and ${again} it took ${times(most(alone.ended), most(four.ended))} times as long.`,
  );
}

function whoEndsFirst(text: string): void {
  const rows = [...text.matchAll(/^(.*?): +((?:(?:hash|file|request) [\d.]+(?:, )?)+)$/gm)];
  const before = rows.map(([, , list = '']) => {
    const all = list.split(', ').map((each) => each.split(' ') as [string, string]);
    const ended = all.map(([, ms]) => Number(ms));
    expect(ended).toEqual([...ended].sort((a, b) => a - b));
    const names = all.map(([name]) => name);
    return names.slice(0, names.indexOf('file')).filter((name) => name === 'hash').length;
  });
  const [, nodes, ours, late, memory] = before;
  expect(sentenceOf(text)).toBe(
    `So of 4 hashes ${nodes} ended before Node's file, ${ours} before ours, ${late} where they were ` +
      `under way, and ${memory} before the file from memory.`,
  );
}

/** A look-up that was done before is one that the file waited for, or was overtaken by. */
function names(text: string): void {
  const rows = [...text.matchAll(/^(.*?): +the file waited [\d.]+ ms, and (\d) of 4 /gm)];
  const [all, half, resolve] = rows.map(([, , done]) => (Number(done) > 0 ? 'behind' : 'ahead of'));
  const last = resolve === undefined ? '' : `, and ${resolve} those of resolve`;
  expect(sentenceOf(text)).toBe(
    `So the file came ${all} look-ups that had every thread, ${half} look-ups that had half${last}.`,
  );
}

function signUps(text: string): void {
  const rows = [...text.matchAll(/^(\d) at once: answered after([ \d.]+)ms$/gm)];
  const last = new Map(rows.map(([, count, list = '']) => [count, most(numbersIn(list))]));
  expect(rows.map(([, count, list = '']) => [count, numbersIn(list).length])).toEqual([
    ...[['2', 2] as const, ['4', 4] as const, ['6', 6] as const],
  ]);
  const [two, four, six] = ['2', '4', '6'].map((count) => last.get(count));
  expect(sentenceOf(text).replace(/on \d+ processors?/, 'here')).toBe(
    `So with 4 threads here the last of 4 waited ${times(four, two)} times as long as the last of 2, ` +
      `and the last of 6 ${times(six, two)} times.`,
  );
}

function offTheLoop(text: string): void {
  const rows = [...text.matchAll(/: +(\d+) primes in ([\d.]+) ms, ([\d.]+) ms from/g)];
  const [here, jobs, nodes] = rows.map(([, , took, gap]) => percent(Number(gap), Number(took)));
  expect(new Set(rows.map(([, primes]) => primes)).size).toBe(1);
  // The picture has the computation, in whichever callback it was asked for.
  const [shownMs] = groupsOf(text, /\n\n +0 +([\d.]+) ms\nloop/).map(Number);
  expect(shownMs).toBeGreaterThan(Number(rows[0]?.[2]) / 2);
  // A timer cannot be called meanwhile.
  expect(here).toBeGreaterThanOrEqual(100);
  expect(sentenceOf(text)).toBe(
    `So the timer's longest silence was ${here} % of the computation's time in the loop, ${jobs} % in ` +
      `loop.workers, and ${nodes} % in worker_threads.`,
  );
}

function inMemory(text: string): void {
  const row = (way: string) =>
    groupsOf(
      text,
      new RegExp(`^${way} +([\\d.]+) µs one at a time.*; (\\w+) of (\\d+) by thr`, 'm'),
    );
  const [alone = '', threaded, of] = row('memory first');
  const share = (way: string) => percent(Number(alone), Number(row(way)[0]));
  expect(row('our threads').slice(1)).toEqual([of, of]);
  expect(sentenceOf(text)).toBe(
    `So with memory first ${threaded} of ${of} reads met a thread, and one at a time they took ` +
      `${share('our threads')} % of the time of our threads and ${share("Node's fs")} % of that of Node's fs.`,
  );
}

function processes(text: string): void {
  const rows = [...text.matchAll(/^(node:cluster|SO_REUSEPORT) +(.*)$/gm)].map(
    ([, how, figures = '']) => [how, ...numbersIn(figures)] as const,
  );
  const of = (how: string) =>
    [1, 2, 6].map((count) => {
      const found = rows.find(([name, children]) => name === how && children === count);
      expect(found).toHaveLength(8);
      const [, , first, last, by] = found ?? [];
      expect(by).toBeLessThanOrEqual(count);
      return { first, last };
    });
  of('SO_REUSEPORT');
  const [one, two, six] = of('node:cluster');
  expect(sentenceOf(text).replace(/on \d+ processors?/, 'here')).toBe(
    `So here the longest hash took ${times(two?.last, one?.last)} times as long with 2 children as with 1; ` +
      `with 6 it took ${times(six?.last, two?.last)} times as long as with 2, and the shortest ` +
      `${times(six?.first, two?.first)} times.`,
  );
}

function underPm2(text: string): void {
  const pidsOf = (when: string) => {
    const [list = ''] = groupsOf(text, new RegExp(`^after ${when} +\\d+ processes: (.*)$`, 'm'));
    return [...list.matchAll(/(\d+) online/g)].map(([, pid]) => pid);
  };
  const [old, fresh] = [pidsOf('start'), pidsOf('reload')];
  expect(old.length).toBeGreaterThan(0);
  expect(text).toMatch(/^after delete +0 processes/m);
  const replaced = old.filter((pid) => !fresh.includes(pid)).length;
  const [all, failed, byOld, byNew] = groupsOf(
    sentenceOf(text),
    /of (\d+) requests (\d+) failed, (\d+) were answered by old processes and (\d+) by new ones\.$/,
  ).map(Number);
  expect(sentenceOf(text)).toContain(
    `So pm2 replaced ${replaced} of ${old.length} processes while`,
  );
  expect((failed ?? 0) + (byOld ?? 0) + (byNew ?? 0)).toBe(all);
}

/** By the lesson's file. */
export const CHECKS: Readonly<Record<string, Check>> = {
  '09-five-keys-four-threads.cjs': keys,
  '10-who-ends-first.cjs': whoEndsFirst,
  '11-names-that-hang.cjs': names,
  '12-sign-ups-at-once.cjs': signUps,
  '13-off-the-loop.cjs': offTheLoop,
  '14-files-in-memory.cjs': inMemory,
  '15-processes-on-one-port.cjs': processes,
  '16-under-pm2.cjs': underPm2,
};
