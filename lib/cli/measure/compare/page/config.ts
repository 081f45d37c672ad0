// A chart as the chart library wants it.
import type { ChartConfiguration, ChartDataset, PointStyle, TooltipItem } from 'chart.js';
import type { Chart, Series } from '../charts.js';
import type { Figure } from '../figures.js';
import type { WithFigures } from './whiskers.js';

type Kind = 'line' | 'bar';

/** Not by colour alone. */
const MARKS: Readonly<Record<Series['style'], PointStyle>> = {
  loop: 'circle',
  guest: 'rectRot',
  threads: 'triangle',
  net: 'rect',
  resident: 'rect',
  kernel: 'rect',
};

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** Over a logarithmic scale there is no zero. */
function drawable(figure: Figure | null, { scale }: Chart): number | null {
  if (figure === null || (scale === 'logarithmic' && figure.median <= 0)) return null;
  return figure.median;
}

type Dataset = ChartDataset<Kind, (number | null)[]> & WithFigures;

function datasetOf(series: Series, chart: Chart, colour: string): Dataset {
  return {
    label: series.name,
    data: series.points.map((point) => drawable(point, chart)),
    figures: series.points,
    borderColor: colour,
    backgroundColor: colour,
    ...(chart.kind === 'lines'
      ? {
          borderWidth: 2,
          pointStyle: MARKS[series.style],
          pointRadius: 4.5,
          pointHoverRadius: 6,
          spanGaps: false,
        }
      : { maxBarThickness: 56, borderWidth: 0, pointStyle: MARKS[series.style] }),
  };
}

function hint({ unit }: Chart) {
  return ({ dataset, dataIndex }: TooltipItem<Kind>) => {
    const figure = (dataset as unknown as WithFigures).figures[dataIndex];
    if (figure === null || figure === undefined) return '';
    const { median, min, max } = figure;
    const range = min === max ? '' : ` (${number.format(min)}–${number.format(max)})`;
    return ` ${dataset.label}: ${number.format(median)} ${unit}${range}`;
  };
}

/** From the lowest round to the highest, so that all of them are in the picture. */
function reachOf({ series }: Chart): { low: number; high: number } {
  const figures = series.flatMap(({ points }) => points).filter((point) => point !== null);
  const lows = figures.map(({ min }) => min).filter((min) => min > 0);
  return { low: Math.min(...lows), high: Math.max(...figures.map(({ max }) => max)) };
}

/** @param colour what the style of the page calls so */
export function configOf(
  chart: Chart,
  colour: (name: string) => string,
): ChartConfiguration<Kind, (number | null)[]> {
  const { kind, scale, labelled, unit } = chart;
  const [ink, soft, line] = [colour('ink'), colour('soft'), colour('line')];
  const font = { family: FONT, size: 12 };
  const title = (text: string) => ({ display: true, text, color: soft, font });
  const stacked = kind === 'bars';
  const { low, high } = reachOf(chart);
  // Powers of ten: what lies between them has no room for a label.
  const isLabelled = (value: number) =>
    scale === 'linear' || Number.isInteger(round(Math.log10(value)));
  return {
    type: kind === 'lines' ? 'line' : 'bar',
    data: {
      // Names in lines: on a phone they stand close.
      labels: chart.labels.map((label) => label.split(' ')),
      datasets: chart.series.map((series) => datasetOf(series, chart, colour(series.style))),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          stacked,
          title: title(labelled),
          grid: { display: false },
          border: { color: line },
          ticks: { color: soft, font, maxRotation: 0, autoSkip: false },
        },
        y: {
          type: scale,
          stacked,
          ...(stacked ? {} : { suggestedMax: high }),
          ...(scale === 'linear' ? { beginAtZero: true } : { suggestedMin: low }),
          title: title(scale === 'linear' ? unit : `${unit}, logarithmic`),
          grid: { color: line },
          border: { display: false },
          ticks: {
            color: soft,
            font,
            callback: (value) => (isLabelled(Number(value)) ? short.format(Number(value)) : null),
          },
        },
      },
      plugins: {
        legend: {
          position: 'bottom',
          labels: {
            color: ink,
            font: { family: FONT, size: 13 },
            usePointStyle: true,
            pointStyleWidth: 11,
            boxHeight: 7,
            padding: 14,
          },
        },
        tooltip: { callbacks: { label: hint(chart) }, usePointStyle: true },
      },
    },
  };
}

/** log10(1000) is 2.9999999999999996. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
