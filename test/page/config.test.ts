// The charts as the library is given them: scales, labels, and what tells lines apart.
import { describe, expect, it } from 'vitest';
import { type Chart, chartsOf } from '../../lib/cli/measure/compare/charts.js';
import { configOf } from '../../lib/cli/measure/compare/page/config.js';
import { about, row, usualRows } from '../cli/measure/compare/results.js';

const chartOf = (id: string, rows = usualRows()) =>
  chartsOf(rows).find((chart) => chart.id === id) as Chart;
const configFor = (chart: Chart) => configOf(chart, (name) => name);

interface Axis {
  type: string;
  min?: number;
  max?: number;
  title: { text: string };
  ticks: { callback(value: number): string | null };
}

function valueAxis(chart: Chart): Axis {
  return configFor(chart).options?.scales?.['y'] as unknown as Axis;
}

const labelsOf = (chart: Chart, values: number[]) =>
  values.map((value) => valueAxis(chart).ticks.callback(value));

describe('the axes', () => {
  it('are logarithmic for what differs by orders: CPU time too', () => {
    const scales = chartsOf(usualRows()).map((chart) => [chart.id, valueAxis(chart).type]);
    expect(Object.fromEntries(scales)).toEqual({
      rate: 'linear',
      cpu: 'logarithmic',
      p50: 'logarithmic',
      p99: 'logarithmic',
      switches: 'logarithmic',
      threads: 'logarithmic',
      memory: 'linear',
      accept: 'logarithmic',
    });
  });

  it('tell time in the unit that people would take: no 1K ms', () => {
    expect(labelsOf(chartOf('p50'), [0.01, 1, 100, 1000, 10_000])).toEqual([
      '10 µs',
      '1 ms',
      '100 ms',
      '1 s',
      '10 s',
    ]);
    expect(labelsOf(chartOf('cpu'), [2, 1000])).toEqual(['2 µs', '1 ms']);
    expect(valueAxis(chartOf('p50')).title.text).toBe('logarithmic');
    expect(labelsOf(chartOf('threads'), [1000])).toEqual(['1,000']);
  });

  it('are labelled at 1, 2 and 5 where there is room, else at powers of ten', () => {
    const values = [1, 2, 3, 5, 10, 15, 20];
    const labelled = (chart: Chart) => values.filter((value) => labelsOf(chart, [value])[0]);
    expect(labelled(chartOf('cpu'))).toEqual([1, 2, 5, 10, 20]);
    expect(labelled(chartOf('p50'))).toEqual([1, 10]);
  });

  it.each([
    [3, 40, 2, 50],
    [1.1, 99, 1, 100],
    [0.0023, 1.3, 0.002, 2],
  ])('reach from label to label: %d to %d', (low, high, min, max) => {
    const exactly = (value: number) => ({ median: value, min: value, max: value });
    const rows = [low, high].map((value, i) =>
      row('loop', i + 1, { cpuUsPerMessage: exactly(value) }),
    );
    const axis = valueAxis(chartOf('cpu', rows));
    expect(axis.min).toBeCloseTo(min, 9);
    expect(axis.max).toBeCloseTo(max, 9);
  });
});

describe('lines that coincide', () => {
  const rows = [1, 10].flatMap((connections) => [
    row('loop', connections),
    row('guest', connections),
    row('threads', connections),
    row('net', connections, { messagesPerSecond: about(50_000) }),
  ]);
  const { datasets } = configFor(chartOf('rate', rows)).data;
  const differently = (values: unknown[]) =>
    new Set(values.map((each) => JSON.stringify(each))).size;

  it('have dashes and marks of their own, not a colour alone', () => {
    const lines = datasets as unknown as { borderDash: number[]; pointStyle: string }[];
    expect(differently(lines.map(({ borderDash }) => borderDash))).toBe(4);
    expect(differently(lines.map(({ pointStyle }) => pointStyle))).toBe(4);
  });

  it('step aside, so that no point hides another, and never to the next place', () => {
    const points = datasets.map(({ data }) => data as { x: number; y: number }[]);
    expect(differently(points.map(([first]) => first?.x))).toBe(4);
    for (const [first, second] of points) {
      expect(Math.abs(first?.x ?? 1)).toBeLessThan(0.25);
      expect(Math.abs((second?.x ?? 0) - 1)).toBeLessThan(0.25);
    }
  });

  it('are drawn with the solid one below', () => {
    const orders = datasets.map(({ order }) => order ?? 0);
    expect(datasets[0]?.label).toBe('The owned loop');
    expect(Math.max(...orders)).toBe(orders[0]);
  });
});
