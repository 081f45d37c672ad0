// The script of the page that rawloop compare writes: draws its charts in the colours
// of its style, again when the reader goes from light to dark, and for paper; makes the
// names of the legend show and hide their lines. In a browser, so it is bundled by itself,
// with the chart library in it; see rolldown.config.mjs.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawing,
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
  ...[CategoryScale, LinearScale, LogarithmicScale, Tooltip],
  whiskers,
);

const charts = JSON.parse(document.getElementById('charts')?.textContent ?? '[]') as Chart[];
let drawings: Drawing[] = [];

/** The names below a chart, one for each of its lines. */
function legendOf({ id }: Chart): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>(`#${id} .legend button`)];
}

const isShown = (button: HTMLButtonElement) => button.getAttribute('aria-pressed') !== 'false';

function draw(): void {
  for (const drawing of drawings) drawing.destroy();
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  drawings = charts.flatMap((chart) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-chart="${chart.id}"]`);
    if (canvas === null) return [];
    const drawing = new Drawing(canvas, configOf(chart, colour));
    legendOf(chart).forEach((button, i) => {
      if (isShown(button)) return;
      drawing.setDatasetVisibility(i, false);
    });
    drawing.update();
    return [drawing];
  });
}

for (const chart of charts) {
  for (const button of legendOf(chart)) {
    button.disabled = false;
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(!isShown(button)));
      draw();
    });
  }
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

// The colours of a dark screen are not those of paper.
const { classList } = document.documentElement;
addEventListener('beforeprint', () => {
  classList.add('paper');
  draw();
});
addEventListener('afterprint', () => {
  classList.remove('paper');
  draw();
});
