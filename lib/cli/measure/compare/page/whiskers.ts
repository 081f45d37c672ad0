// The lowest and the highest round of each point, as a thin line through it.
import type { Plugin } from 'chart.js';
import type { Figure } from '../figures.js';

const CAP_PIXELS = 3;

/** A dataset whose points have a spread. */
export interface WithFigures {
  figures: (Figure | null)[];
}

export const whiskers: Plugin = {
  id: 'whiskers',
  beforeDatasetDraw(chart, { index, meta }) {
    const scale = chart.scales['y'];
    const dataset = chart.data.datasets[index];
    if (scale === undefined || dataset === undefined || meta.type !== 'line') return;
    const { figures } = dataset as unknown as WithFigures;
    const { ctx } = chart;
    ctx.save();
    ctx.strokeStyle = String(dataset.borderColor);
    ctx.lineWidth = 1;
    ctx.beginPath();
    figures.forEach((figure, i) => {
      const x = meta.data[i]?.x;
      if (figure === null || x === undefined || figure.min === figure.max) return;
      // Below the lowest value of the scale: a logarithmic one has no zero.
      const low = scale.getPixelForValue(Math.max(figure.min, scale.min));
      const high = scale.getPixelForValue(figure.max);
      ctx.moveTo(x, low);
      ctx.lineTo(x, high);
      for (const y of [low, high]) {
        ctx.moveTo(x - CAP_PIXELS, y);
        ctx.lineTo(x + CAP_PIXELS, y);
      }
    });
    ctx.stroke();
    ctx.restore();
  },
};
