// The page: one file with its style, its script and its figures, which needs no
// network. All that is said stands in it as text and tables; the script only draws.

import { capital, LESSONS, NAMES } from '../../models.js';
import type { Column } from '../table.js';
import { decimal, significant, UNKNOWN, whole } from '../text.js';
import { type Chart, chartsOf, type Series } from './charts.js';
import type { Figure } from './figures.js';
import { STYLE } from './page-style.js';
import { COST, footnotesOf, RANGE, SPEED } from './report.js';
import { conclusionsOf } from './sentences.js';
import type { Result, Row } from './types.js';

const GIB = 2 ** 30;
const TITLE = 'A loop, a thread per connection, and node:net';

/** With more a table needs most of a page. */
const MOST_NARROW_COLUMNS = 5;

/** The marks of the legend, as large as those of the charts. */
const MARK_PATHS: Readonly<Record<Series['mark'], string>> = {
  circle: 'M22 6a4 4 0 1 1-8 0a4 4 0 0 1 8 0Z',
  rectRot: 'M18 1.5L22.5 6L18 10.5L13.5 6Z',
  triangle: 'M18 1.5L22.5 9.5H13.5Z',
  rect: 'M14.5 2.5H21.5V9.5H14.5Z',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** For a script element, which ends at the first end tag whatever it stands in. */
function embedded(script: string): string {
  return script.replace(/<(?=\/script|!--|script)/gi, '\\x3c');
}

/** JSON in a script element, likewise. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** A figure, and how far its rounds reach. */
interface Cell {
  text: string;
  range?: string;
}

function cellOf(figure: Figure | null): Cell {
  if (figure === null) return { text: UNKNOWN };
  const { median, min, max } = figure;
  const text = significant(median);
  return min === max ? { text } : { text, range: `${significant(min)}–${significant(max)}` };
}

interface Table {
  /** For who cannot see it. */
  name: string;
  heads: readonly string[];
  lines: readonly { head: string; cells: readonly Cell[] }[];
}

/**
 * A head stands once for the lines that share it. Where there is no room for columns each
 * line is a card, in which every figure stands with its name: see the style.
 */
function tableText({ name, heads, lines }: Table): string {
  const head = heads.map((each) => `<th role="columnheader">${escapeHtml(each)}</th>`).join('');
  const body = lines.map(({ head: first, cells }, i) => {
    const isNext = lines[i - 1]?.head === first;
    const rest = cells.map(({ text, range }, place) => {
      const label = escapeHtml(heads[place + 1] ?? '');
      const more = range === undefined ? '' : ` <small>${escapeHtml(range)}</small>`;
      return `<td role="cell" data-head="${label}">${escapeHtml(text)}${more}</td>`;
    });
    const row = `<th role="rowheader" data-head="${escapeHtml(heads[0] ?? '')}">${escapeHtml(first)}</th>`;
    return `<tr role="row"${isNext ? ' class="next"' : ''}>${row}${rest.join('')}</tr>`;
  });
  // The roles are those of the elements, which lose them as cards.
  // Its first two columns say whose figures they are.
  const across = Math.ceil((heads.length - 2) / 2);
  const wide = heads.length > MOST_NARROW_COLUMNS ? ` wide" style="--across: ${across}` : '';
  return `<div class="figures${wide}"><table role="table" aria-label="${escapeHtml(name)}">
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${body.join('\n')}
</tbody>
</table></div>`;
}

/** A line with its mark, or the mark alone, as the chart has it. */
function sampleText({ dash, mark }: Series, isLine: boolean): string {
  const [left, width] = isLine ? [0, 36] : [12, 12];
  const line = `<path d="M0 6H36" stroke="currentColor" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`;
  return `<svg viewBox="${left} 0 ${width} 12" width="${width}" height="12" aria-hidden="true">${isLine ? line : ''}<path d="${MARK_PATHS[mark]}" fill="currentColor"/></svg>`;
}

/** The script makes the buttons work; without it they are names. */
function legendText({ kind, series }: Chart): string {
  const items = series.map(
    (line) =>
      `<li><button type="button" class="${line.style}" disabled>${sampleText(line, kind === 'lines')}<span>${escapeHtml(line.name)}</span></button></li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function chartText(chart: Chart): string {
  const { id, title, unit, sentence, labels, series, labelled, coincidence } = chart;
  const lines = labels.map((label, i) => ({
    head: label,
    cells: series.map(({ points }) => cellOf(points[i] ?? null)),
  }));
  const heads = [labelled, ...series.map(({ name }) => name)];
  return `<figure id="${escapeHtml(id)}">
<h3>${escapeHtml(title)}</h3>
<figcaption>${escapeHtml(sentence)}</figcaption>
<div class="canvas"><canvas role="img" aria-label="${escapeHtml(`${title}. ${sentence}`)}" data-chart="${escapeHtml(id)}"></canvas></div>
${legendText(chart)}
${coincidence === '' ? '' : `<p class="same">${escapeHtml(coincidence)}</p>`}
<details><summary>The figures in ${escapeHtml(unit)}</summary>
${tableText({ name: `${title} in ${unit}`, heads, lines })}
</details>
</figure>`;
}

function modelsText({ settings }: Result): string {
  const items = settings.models.map(
    (model) =>
      `<div class="model ${model}"><dt>${escapeHtml(capital(NAMES[model]))}</dt><dd>${escapeHtml(LESSONS[model])}</dd></div>`,
  );
  return `<dl class="models">\n${items.join('\n')}\n</dl>`;
}

/** The columns of the terminal, but a range stands with its figure. */
function allFigures(name: string, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const isRange = ({ head: [, lower] }: Column<Row>) => lower === RANGE;
  const [first, ...others] = columns.filter((column) => !isRange(column)) as [
    Column<Row>,
    ...Column<Row>[],
  ];
  const headOf = ({ name, head }: Column<Row>) => name ?? head.join(' ').trim();
  const lines = rows.map((row) => ({
    head: first.text(row),
    cells: others.map((column): Cell => {
      const next = columns[columns.indexOf(column) + 1];
      const text = column.text(row);
      return next !== undefined && isRange(next) ? { text, range: next.text(row) } : { text };
    }),
  }));
  return tableText({ name, heads: [first, ...others].map(headOf), lines });
}

function machineText({ machine, versions, date }: Result): string {
  const { cpu, cpus, memoryBytes, platform, arch, kernel, system } = machine;
  const parts = [
    `${cpu ?? 'an unnamed processor'}, ${cpus} of its cores`,
    `${decimal(memoryBytes / GIB, 1)} GiB`,
    `${system ?? platform} (${platform} ${kernel}, ${arch})`,
    `Node ${versions['node']}, rawloop ${versions['rawloop']}`,
  ];
  return `${escapeHtml(parts.join(' · '))} · <time datetime="${escapeHtml(date)}">${escapeHtml(date.slice(0, 10))}</time>`;
}

/** @param script what draws the charts; see page/ */
export function pageOf(result: Result, script: string): string {
  const charts = chartsOf(result.rows);
  const { settings, rows } = result;
  const most = Math.max(...settings.connections);
  // The script is ours and inline: nothing may come from elsewhere.
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>rawloop compare: ${TITLE}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="kicker">rawloop compare</p>
<h1>${TITLE}</h1>
${conclusionsOf(rows)
  .map((sentence) => `<p class="lead">${escapeHtml(sentence)}</p>`)
  .join('\n')}
<p class="machine">${machineText(result)}</p>
</header>

<section>
<h2>Who waits, and how</h2>
<p>The same echo server, written four ways, answers up to ${whole(most)} clients. Each client sends
${settings.messageBytes} bytes and waits for them to come back before it sends the next: a server that is
twice as fast answers twice as often.</p>
${modelsText(result)}
</section>

<section>
<h2>What that means in figures</h2>
<div class="charts">
${charts.map(chartText).join('\n')}
</div>
</section>

<section class="all">
<h2>Every figure</h2>
${allFigures('Speed', rows, SPEED)}
${allFigures('What it costs', rows, COST)}
</section>

<section>
<h2>How it was measured</h2>
<ul>
${footnotesOf(result)
  .map((note) => `<li>${escapeHtml(note)}</li>`)
  .join('\n')}
</ul>
<p>Run it yourself: <code>npx rawloop compare --html page.html</code></p>
</section>
</main>
<script type="application/json" id="charts">${embeddedJson(charts)}</script>
<script>${embedded(script)}</script>
</body>
</html>
`;
}
