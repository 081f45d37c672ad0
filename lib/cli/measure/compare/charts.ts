// The charts of the page as data: what each shows, and the sentence that says so. The
// page's own script draws them and knows nothing of what they are about.

import { capital, type Model, NAMES } from '../../models.js';
import { MIN_CONNECTIONS_FOR_MEMORY } from '../pair.js';
import { whole } from '../text.js';
import { type Figure, single } from './figures.js';
import { coincidenceText, type Sameness } from './noise.js';
import {
  acceptSentence,
  cpuSentence,
  medianTripSentence,
  memoryConnections,
  memorySentence,
  type Pick,
  rateSentence,
  slowTripSentence,
  switchesOf,
  switchesSentence,
  threadsOf,
  threadsSentence,
} from './sentences.js';
import type { Row } from './types.js';

/** What tells a line from others beside its colour, which not everyone sees. */
interface Look {
  /** Lengths of dash and gap, in pixels; none: solid. */
  dash: readonly number[];
  mark: 'circle' | 'rectRot' | 'triangle' | 'rect';
}

export interface Series extends Look {
  name: string;
  /** Which colour: a model, or a kind of memory. */
  style: 'loop' | 'guest' | 'threads' | 'net' | 'resident' | 'kernel';
  /** One for each label; null: not measured, or not told. */
  points: (Figure | null)[];
}

export interface Chart {
  id: string;
  title: string;
  /** Of the values. */
  unit: string;
  sentence: string;
  /** Lines over the connections, or bars upon each other. */
  kind: 'lines' | 'bars';
  scale: 'linear' | 'logarithmic';
  /** What the labels are. */
  labelled: string;
  labels: string[];
  series: Series[];
  /** Which lines lie upon each other, as a sentence; '' when none do. */
  coincidence: string;
}

const LOOKS: Readonly<Record<Model, Look>> = {
  loop: { dash: [], mark: 'circle' },
  guest: { dash: [8, 4], mark: 'rectRot' },
  threads: { dash: [2, 3], mark: 'triangle' },
  net: { dash: [10, 3, 2, 3], mark: 'rect' },
};
const FIELD: Look = { dash: [], mark: 'rect' };

const modelsOf = (rows: readonly Row[]) => [...new Set(rows.map(({ model }) => model))];

const KIB = 1024;
const US_PER_MS = 1000;

function scaled(figure: Figure | null, by: number): Figure | null {
  if (figure === null) return null;
  return { median: figure.median / by, min: figure.min / by, max: figure.max / by };
}

type Words = Omit<Chart, 'kind' | 'labelled' | 'labels' | 'series' | 'coincidence'>;

/** A line for each model. */
function lines(
  rows: readonly Row[],
  pick: Pick,
  words: Words,
  sameness: Sameness = 'noise',
): Chart {
  const counts = [...new Set(rows.map(({ connections }) => connections))];
  const found = modelsOf(rows).map((model) => ({
    model,
    name: NAMES[model],
    points: counts.map((at) => {
      const row = rows.find((each) => each.model === model && each.connections === at);
      return row === undefined ? null : pick(row);
    }),
  }));
  return {
    ...words,
    kind: 'lines',
    labelled: 'connections',
    labels: counts.map(whole),
    series: found.map(({ model, name, points }) => ({
      name: capital(name),
      style: model,
      points,
      ...LOOKS[model],
    })),
    coincidence: coincidenceText(found, counts, sameness),
  };
}

function memoryChart(rows: readonly Row[]): Chart | undefined {
  const at = memoryConnections(rows);
  if (at < 0) return undefined;
  const there = rows.filter(({ connections }) => connections === at);
  const bars = (name: string, style: Series['style'], pick: (row: Row) => number | null) => ({
    ...FIELD,
    name,
    style,
    points: there.map((row) => {
      const bytes = pick(row);
      return bytes === null ? null : single(bytes / KIB);
    }),
  });
  return {
    id: 'memory',
    title: 'Memory per connection',
    unit: 'KiB',
    sentence: memorySentence(rows, MIN_CONNECTIONS_FOR_MEMORY),
    kind: 'bars',
    scale: 'linear',
    labelled: 'model',
    labels: there.map(({ model }) => capital(NAMES[model])),
    coincidence: '',
    series: [
      bars('In the server', 'resident', (row) => row.residentBytesPerConnection),
      bars('In the kernel, both ends', 'kernel', (row) => row.kernelBytesPerConnection),
    ],
  };
}

/** Those that have anything to show. */
export function chartsOf(rows: readonly Row[]): Chart[] {
  const charts = [
    lines(rows, (row) => row.messagesPerSecond, {
      id: 'rate',
      title: 'Messages per second',
      unit: 'messages/s',
      sentence: rateSentence(rows),
      scale: 'linear',
    }),
    lines(rows, (row) => row.cpuUsPerMessage, {
      id: 'cpu',
      title: 'CPU time per message',
      unit: 'µs',
      sentence: cpuSentence(rows),
      scale: 'logarithmic',
    }),
    lines(rows, (row) => scaled(row.p50Us, US_PER_MS), {
      id: 'p50',
      title: 'Round trip, median',
      unit: 'ms',
      sentence: medianTripSentence(rows),
      scale: 'logarithmic',
    }),
    lines(rows, (row) => scaled(row.p99Us, US_PER_MS), {
      id: 'p99',
      title: 'Round trip, 99th percentile',
      unit: 'ms',
      sentence: slowTripSentence(rows),
      scale: 'logarithmic',
    }),
    lines(rows, switchesOf, {
      id: 'switches',
      title: 'Context switches per message',
      unit: 'switches',
      sentence: switchesSentence(rows),
      scale: 'logarithmic',
    }),
    lines(
      rows,
      threadsOf,
      {
        id: 'threads',
        title: 'Threads',
        unit: 'threads',
        sentence: threadsSentence(rows),
        scale: 'logarithmic',
      },
      'equal',
    ),
    memoryChart(rows),
    lines(rows, (row) => row.acceptMs, {
      id: 'accept',
      title: 'Time to accept them all',
      unit: 'ms',
      sentence: acceptSentence(rows),
      scale: 'logarithmic',
    }),
  ];
  const shows = ({ series }: Chart) =>
    series.some(({ points }) => points.some((point) => point !== null));
  return charts.filter((chart) => chart !== undefined).filter(shows);
}
