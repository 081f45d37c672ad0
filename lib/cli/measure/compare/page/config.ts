// A chart as the chart library wants it.
import type { ChartConfiguration, ChartDataset, TooltipItem } from 'chart.js';
import { duration, significant } from '../../text.js';
import type { Chart, Series } from '../charts.js';
import type { Figure } from '../figures.js';
import type { WithFigures } from './whiskers.js';

type Kind = 'line' | 'bar';
interface Point {
  x: number;
  y: number | null;
}
type Data = (Point | number | null)[];

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const US_PER: Readonly<Record<string, number>> = { µs: 1, ms: 1000 };
/**
 * Between two lines at the same number of connections, as a part of the way to the next:
 * else points that coincide would hide each other.
 */
const STEP_ASIDE = 0.055;
const MOST_TICKS = 7;
/** With more decades there is room for powers of ten only. */
const FEW_DECADES = 2.5;

/** With its unit where that is one of time: nobody reads 1,000 ms. */
function valueText(value: number, unit: string): string {
  const us = US_PER[unit];
  return us === undefined ? significant(value) : duration(value * us);
}

/** Over a logarithmic scale there is no zero. */
function drawable(figure: Figure | null, { scale }: Chart): number | null {
  if (figure === null || (scale === 'logarithmic' && figure.median <= 0)) return null;
  return figure.median;
}

type Dataset = ChartDataset<Kind, Data> & WithFigures;

function datasetOf(series: Series, place: number, chart: Chart, colour: string): Dataset {
  const values = series.points.map((point) => drawable(point, chart));
  const shared = {
    label: series.name,
    figures: series.points,
    borderColor: colour,
    backgroundColor: colour,
    pointStyle: series.mark,
  };
  if (chart.kind === 'bars')
    return { ...shared, data: values, maxBarThickness: 56, borderWidth: 0 };
  const aside = (place - (chart.series.length - 1) / 2) * STEP_ASIDE;
  return {
    ...shared,
    data: values.map((y, x) => ({ x: x + aside, y })),
    borderWidth: 2,
    borderDash: [...series.dash],
    // The solid one below: through the gaps of the dashes one sees that it is there.
    order: chart.series.length - place,
    pointRadius: 4.5,
    pointHoverRadius: 6,
    spanGaps: false,
  };
}

function hint({ unit }: Chart) {
  return ({ dataset, dataIndex }: TooltipItem<Kind>) => {
    const figure = (dataset as unknown as WithFigures).figures[dataIndex];
    if (figure === null || figure === undefined) return '';
    const { median, min, max } = figure;
    const range = min === max ? '' : ` (${valueText(min, unit)}–${valueText(max, unit)})`;
    const what = unit in US_PER ? '' : ` ${unit}`;
    return ` ${dataset.label}: ${valueText(median, unit)}${what}${range}`;
  };
}

/** From the lowest round to the highest, so that all of them are in the picture. */
function reachOf({ series }: Chart): { low: number; high: number } {
  const figures = series.flatMap(({ points }) => points).filter((point) => point !== null);
  const lows = figures.map(({ min }) => min).filter((min) => min > 0);
  return { low: Math.min(...lows), high: Math.max(...figures.map(({ max }) => max)) };
}

/** log10(1000) is 2.9999999999999996. */
const round = (value: number) => Math.round(value * 1e9) / 1e9;

/** The next number that a label would have: 1, 2 or 5, and zeros. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(round(Math.log10(value)));
  const digit = [1, 2, 5].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return digit * power;
}

const roundDown = (value: number) => 1 / roundUp(1 / value);

/** The scale of the values, whose labels are few and round. */
function valueAxis(chart: Chart) {
  const { low, high } = reachOf(chart);
  if (chart.scale === 'linear') {
    return { type: 'linear' as const, beginAtZero: true, suggestedMax: high };
  }
  const digits = Math.log10(high / low) < FEW_DECADES ? [1, 2, 5] : [1];
  const isLabelled = (value: number) => {
    const digit = value / 10 ** Math.floor(round(Math.log10(value)));
    return digits.some((each) => Math.abs(digit - each) < 1e-6);
  };
  const [min, max] = [roundDown(low), roundUp(high)];
  return { type: 'logarithmic' as const, min, max, isLabelled };
}

/** Numbers of connections are a step apart, whatever they are. */
function placeAxis({ kind, labels }: Chart) {
  // Names in lines: on a phone they stand close.
  if (kind === 'bars')
    return { type: 'category' as const, labels: labels.map((each) => each.split(' ')) };
  return {
    type: 'linear' as const,
    min: -0.3,
    max: labels.length - 0.7,
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = labels.map((_label, value) => ({ value }));
    },
  };
}

/** @param colour what the style of the page calls so */
export function configOf(
  chart: Chart,
  colour: (name: string) => string,
): ChartConfiguration<Kind, Data> {
  const { kind, scale, labelled, labels, unit } = chart;
  const [soft, line] = [colour('soft'), colour('line')];
  const font = { family: FONT, size: 12 };
  const title = (text: string) => ({ display: text !== '', text, color: soft, font });
  const { isLabelled, ...values } = { isLabelled: () => true, ...valueAxis(chart) };
  const units = unit in US_PER ? [] : [unit];
  const scaleName = scale === 'logarithmic' ? ['logarithmic'] : [];
  return {
    type: kind === 'lines' ? 'line' : 'bar',
    data: {
      datasets: chart.series.map((series, i) => datasetOf(series, i, chart, colour(series.style))),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          ...placeAxis(chart),
          stacked: kind === 'bars',
          title: title(labelled),
          grid: { display: false },
          border: { color: line },
          ticks: {
            color: soft,
            font,
            maxRotation: 0,
            autoSkip: false,
            ...(kind === 'lines' ? { callback: (value) => labels[Number(value)] ?? '' } : {}),
          },
        },
        y: {
          ...values,
          stacked: kind === 'bars',
          title: title([...units, ...scaleName].join(', ')),
          grid: { color: line },
          border: { display: false },
          ticks: {
            color: soft,
            font,
            ...(scale === 'linear' ? { maxTicksLimit: MOST_TICKS } : {}),
            callback: (value) =>
              isLabelled(Number(value)) ? valueText(Number(value), unit) : null,
          },
        },
      },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([item]) =>
              `${labels[item?.dataIndex ?? 0]} ${kind === 'lines' ? labelled : ''}`,
            label: hint(chart),
          },
          itemSort: (a, b) => a.datasetIndex - b.datasetIndex,
          usePointStyle: true,
        },
      },
    },
  };
}
