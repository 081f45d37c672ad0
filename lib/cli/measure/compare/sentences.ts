// What the figures show, in words, with these very figures in them: each sentence is
// true whatever they are, and names no difference that the rounds do not show.

import { capital, type Model, NAMES } from '../../models.js';
import { count, counted, decimal, duration, listText, significant, whole } from '../text.js';
import { differ, type Figure, single, sumOf } from './figures.js';
import { noiseSentence } from './noise.js';
import type { Row } from './types.js';

/** A model's figure at the connections that a sentence speaks of. */
interface Item {
  model: Model;
  figure: Figure;
}

/** A figure of a row; null: not told. */
export type Pick = (row: Row) => Figure | null;

const KIB = 1024;
const US_PER_MS = 1000;

function kib(bytes: number): string {
  return `${significant(bytes / KIB)} KiB`;
}

/**
 * The most connections at which all models were measured that took part at all: where
 * they can be compared. -1 without rows.
 */
export function commonConnections(rows: readonly Row[]): number {
  const models = new Set(rows.map(({ model }) => model));
  const common = rows
    .map(({ connections }) => connections)
    .filter((at) => rows.filter(({ connections }) => connections === at).length === models.size);
  return Math.max(-1, ...common);
}

/** Those that have the figure, the lowest first. */
function itemsAt(rows: readonly Row[], connections: number, pick: Pick): Item[] {
  return rows
    .filter((row) => row.connections === connections)
    .flatMap((row) => {
      const figure = pick(row);
      return figure === null ? [] : [{ model: row.model, figure }];
    })
    .sort((a, b) => a.figure.median - b.figure.median);
}

/** The highest first; of equals the one whose row comes first, as in `itemsAt`. */
function descending(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => b.figure.median - a.figure.median);
}

const NOT_TOLD = 'This system does not tell it of another process.';

/** Those that the rounds do not tell from one of them, and those that they do. */
function partedFrom(base: Item, others: readonly Item[]) {
  const same = others.filter(({ figure }) => !differ(base.figure, figure));
  return { same, different: others.filter((each) => !same.includes(each)) };
}

const namesOf = (items: readonly Item[]) => listText(items.map(({ model }) => NAMES[model]));

function times(factor: number): string {
  return `${factor >= 10 ? whole(factor) : decimal(factor, factor < 2 ? 2 : 1)} times`;
}

export function rateSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const [best, ...others] = descending(itemsAt(rows, at, (row) => row.messagesPerSecond));
  if (best === undefined) return '';
  const head = `At ${count(at)} ${NAMES[best.model]} answered ${whole(best.figure.median)} messages a second`;
  const { same, different } = partedFrom(best, others);
  const parts = different.map(
    ({ model, figure }) =>
      `${times(best.figure.median / figure.median)} as many as ${NAMES[model]}`,
  );
  const texts = [
    ...(same.length === 0 ? [] : [`about as many as ${namesOf(same)}`]),
    ...(parts.length === 0 ? [] : [listText(parts)]),
  ];
  return `${head}${texts.length === 0 ? '' : `: ${texts.join(', and ')}`}.${beyond(rows, at)}`;
}

/** What those did that can have more connections than the others. */
function beyond(rows: readonly Row[], common: number): string {
  const top = Math.max(...rows.map(({ connections }) => connections));
  if (top <= common) return '';
  const items = descending(itemsAt(rows, top, (row) => row.messagesPerSecond));
  const parts = items.map(({ model, figure }) => `${NAMES[model]} ${whole(figure.median)}`);
  return ` At ${count(top)}, where not all could follow, ${listText(parts)}.`;
}

export function cpuSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const items = itemsAt(rows, at, (row) => row.cpuUsPerMessage);
  const [least, ...others] = items;
  if (least === undefined) return NOT_TOLD;
  const head = `At ${count(at)} a message cost ${NAMES[least.model]} ${duration(least.figure.median)} of CPU time`;
  const { same, different } = partedFrom(least, others);
  const parts = different.map(
    ({ model, figure }) => `${NAMES[model]} ${times(figure.median / least.figure.median)} as much`,
  );
  const texts = [
    ...(same.length === 0 ? [] : [`${namesOf(same)} about as much`]),
    ...(parts.length === 0 ? [] : [listText(parts)]),
  ];
  // The least of those that are told apart; where none are there is no such thing.
  const first = same.length === 0 && others.length > 0 ? `${head}, the least` : head;
  return `${[first, ...texts].join('; ')}.`;
}

export function medianTripSentence(rows: readonly Row[]): string {
  const first = Math.min(...rows.map(({ connections }) => connections));
  const at = commonConnections(rows);
  const parts = (connections: number) => tripText(rows, connections, (row) => row.p50Us);
  const sentence = `The median round trip took, with ${count(at)}, ${parts(at)}`;
  return first === at ? `${sentence}.` : `${sentence}; with ${count(first)}, ${parts(first)}.`;
}

export function slowTripSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const parts = tripText(rows, at, (row) => row.p99Us);
  return `Of a hundred round trips with ${count(at)} ninety-nine took at most ${parts}.`;
}

function tripText(rows: readonly Row[], connections: number, pick: Pick): string {
  const items = itemsAt(rows, connections, pick);
  return listText(
    items.map(({ model, figure }) => `${duration(figure.median)} through ${NAMES[model]}`),
  );
}

/** Both kinds together. */
export const switchesOf: Pick = (row) =>
  row.voluntarySwitchesPerMessage === null || row.involuntarySwitchesPerMessage === null
    ? null
    : sumOf(row.voluntarySwitchesPerMessage, row.involuntarySwitchesPerMessage);

export function switchesSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const items = itemsAt(rows, at, switchesOf);
  if (items.length === 0) return NOT_TOLD;
  const parts = items.map(({ model, figure }) => `${perMessage(figure.median)} in ${NAMES[model]}`);
  return `At ${count(at)} the kernel switched threads ${listText(parts)}.`;
}

function perMessage(switches: number): string {
  if (switches >= 0.5) {
    const text = decimal(switches, 2);
    return `${text} times per message`;
  }
  // Fewer than one in a round of many thousands.
  if (switches < 1e-7) return 'never';
  return `once for ${counted(Math.round(1 / switches), 'message')}`;
}

export const threadsOf: Pick = (row) => (row.threads === null ? null : single(row.threads));

export function threadsSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const items = descending(itemsAt(rows, at, threadsOf));
  if (items.length === 0) return NOT_TOLD;
  const parts = items.map(({ model, figure }) => {
    const same = rows.every((row) => row.model !== model || row.threads === figure.median);
    const several = rows.filter((row) => row.model === model).length > 1;
    const always = same && several ? ', however many connections' : '';
    return { model, text: counted(figure.median, 'thread'), always };
  });
  // Models that have as many share a clause.
  const texts = [...new Set(parts.map(({ text, always }) => `${text}${always}`))].map((text) => {
    const models = parts.filter((part) => `${part.text}${part.always}` === text);
    return `${listText(models.map(({ model }) => NAMES[model]))} had ${text}`;
  });
  return `At ${count(at)} ${texts.join('; ')}.`;
}

/** The most connections at which every model's memory is told; -1: none. */
export function memoryConnections(rows: readonly Row[]): number {
  const models = new Set(rows.map(({ model }) => model)).size;
  const told = rows.filter((row) => row.residentBytesPerConnection !== null);
  const common = told
    .map(({ connections }) => connections)
    .filter((at) => told.filter(({ connections }) => connections === at).length === models);
  return Math.max(-1, ...common);
}

export function memorySentence(rows: readonly Row[], least: number): string {
  const at = memoryConnections(rows);
  if (at < 0) {
    return `Memory is told from ${count(least)} on, where the system tells it: with fewer, the runtime’s own garbage hides it.`;
  }
  const items = itemsAt(rows, at, (row) => single(row.residentBytesPerConnection ?? 0));
  const parts = items.map(({ model, figure }) => {
    const row = rows.find((each) => each.model === model && each.connections === at) as Row;
    const kernel = row.kernelBytesPerConnection;
    const more = kernel === null ? '' : ` and ${kib(kernel)} in the kernel`;
    return `with ${NAMES[model]} ${kib(figure.median)} in the server${more}`;
  });
  const each = at === 1 ? 'An idle connection' : `Each of ${whole(at)} idle connections`;
  return `${each} took, ${parts.join('; ')}.`;
}

export function acceptSentence(rows: readonly Row[]): string {
  const at = commonConnections(rows);
  const items = itemsAt(rows, at, (row) => row.acceptMs);
  if (items.length === 0) return '';
  const parts = items.map(
    ({ model, figure }) => `${duration(figure.median * US_PER_MS)} by ${NAMES[model]}`,
  );
  const them = at === 1 ? 'The connection was' : `${whole(at)} connections were`;
  const first = at === 1 ? 'its first message' : 'the first message of each';
  return `${them} accepted, and ${first} echoed, in ${listText(parts)}.`;
}

/**
 * What matters most, for the head of the page and the end of the table: three of them, and
 * behind the first, which leads, how far it can be trusted.
 */
export function conclusionsOf(rows: readonly Row[]): string[] {
  // All speak of the same connections: once is enough.
  const where = `At ${count(commonConnections(rows))} `;
  const others = [cpuSentence(rows), threadsSentence(rows)];
  return [
    `${rateSentence(rows)} ${noiseSentence(rows)}`,
    ...others.map((sentence) => capital(sentence.replace(where, ''))),
  ];
}
