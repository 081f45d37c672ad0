// What the noise of the rounds leaves to be said: how far the rounds of one figure lie
// apart, and which models they do not tell apart.
import { NAMES } from '../../models.js';
import { count, decimal, listText, whole } from '../text.js';
import { differ, type Figure, figureOf } from './figures.js';
import type { Row } from './types.js';

/** Rounds of a machine that does nothing else lie closer. */
const BUSY_FACTOR = 1.5;

/** How many times the lowest round the highest is; undefined where one round was all. */
function spreadOf(figure: Figure | null, { rounds }: Row): number | undefined {
  if (figure === null || rounds < 2 || figure.min <= 0) return undefined;
  return figure.max / figure.min;
}

function spreadText(factor: number): string {
  return factor < 2 ? `${whole((factor - 1) * 100)} %` : `a factor of ${decimal(factor, 1)}`;
}

/** How noisy the runs were, and what that makes of small differences. */
export function noiseSentence(rows: readonly Row[]): string {
  const spreads = rows.flatMap((row) =>
    [row.messagesPerSecond, row.cpuUsPerMessage].flatMap((figure) => {
      const factor = spreadOf(figure, row);
      return factor === undefined ? [] : [{ row, factor }];
    }),
  );
  if (spreads.length === 0) return 'With a single round there is no telling how noisy it was.';
  const worst = spreads.reduce((a, b) => (b.factor > a.factor ? b : a));
  const usual = figureOf(spreads.map(({ factor }) => factor)).median;
  const busy = worst.factor >= BUSY_FACTOR ? 'The machine was busy. ' : '';
  const [usually, atWorst] = [spreadText(usual), spreadText(worst.factor)];
  const where = `${NAMES[worst.row.model]} at ${count(worst.row.connections)}`;
  const changed =
    usually === atWorst ? usually : `${usually} as a rule, ${atWorst} at worst (${where})`;
  return (
    `${busy}From round to round the same figure changed by ${changed}: differences below ` +
    `${usually} mean nothing, and models whose rounds overlap count as equal.`
  );
}

interface Line {
  name: string;
  /** One for each number of connections; null: not measured, or not told. */
  points: readonly (Figure | null)[];
}

/** Lines of which each is as good as every other at a place; alone is no group. */
function groupsAt(
  lines: readonly Line[],
  place: number,
  isSame: (a: Figure, b: Figure) => boolean,
): string[][] {
  const items = lines
    .flatMap(({ name, points }) => {
      const figure = points[place] ?? null;
      return figure === null ? [] : [{ name, figure }];
    })
    .sort((a, b) => a.figure.median - b.figure.median);
  const groups: (typeof items)[] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (group?.every(({ figure }) => isSame(figure, item.figure))) group.push(item);
    else groups.push([item]);
  }
  const named = groups.map((group) => new Set(group.map(({ name }) => name)));
  // In the order of the legend.
  return named
    .filter(({ size }) => size > 1)
    .map((names) => lines.map(({ name }) => name).filter((name) => names.has(name)));
}

/** What makes lines lie upon each other: the noise, or what is counted and has none. */
export type Sameness = 'noise' | 'equal';

/** Which lines lie upon each other, where, and why. @returns '' when none do */
export function coincidenceText(
  lines: readonly Line[],
  counts: readonly number[],
  why: Sameness,
): string {
  const isSame = (a: Figure, b: Figure) =>
    why === 'noise' ? !differ(a, b) : a.median === b.median;
  const places = new Map<string, number[]>();
  counts.forEach((connections, place) => {
    for (const group of groupsAt(lines, place, isSame)) {
      const isAll = group.length === lines.length && group.length > 2;
      const names = isAll ? 'all' : listText(group);
      places.set(names, [...(places.get(names) ?? []), connections]);
    }
  });
  const parts = [...places].map(([names, where]) => {
    if (where.length === counts.length && counts.length > 1)
      return `${names} at every number of connections`;
    const last = where.at(-1) as number;
    return `${names} at ${listText([...where.slice(0, -1).map(whole), count(last)])}`;
  });
  if (parts.length === 0) return '';
  const head = why === 'noise' ? 'Coincide within the noise' : 'Equal';
  return `${head}: ${parts.join('; ')}.`;
}
