// The script of the page that rawloop compare writes: draws its charts in the colours
// of its style, and again when the reader goes from light to dark. In a browser, so
// it is bundled by itself, with the chart library in it; see rolldown.config.mjs.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawing,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { Chart } from '../charts.js';
import { configOf } from './config.js';
import { whiskers } from './whiskers.js';

Drawing.register(
  ...[BarController, BarElement, LineController, LineElement, PointElement],
  ...[CategoryScale, LinearScale, LogarithmicScale, Legend, Tooltip],
  whiskers,
);

const charts = JSON.parse(document.getElementById('charts')?.textContent ?? '[]') as Chart[];
let drawings: Drawing[] = [];

function draw(): void {
  for (const drawing of drawings) drawing.destroy();
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  drawings = charts.flatMap((chart) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-chart="${chart.id}"]`);
    return canvas === null ? [] : [new Drawing(canvas, configOf(chart, colour))];
  });
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
// The colours of the screen are not those of paper.
addEventListener('beforeprint', () => {
  for (const drawing of drawings) drawing.resize();
});
addEventListener('afterprint', () => {
  for (const drawing of drawings) drawing.resize();
});
