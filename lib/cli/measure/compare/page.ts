// The page: one file with its style, its script and its figures, which needs no
// network. All that is said stands in it as text and tables; the script only draws.

import { capital, LESSONS, NAMES } from '../../models.js';
import type { Column } from '../table.js';
import { decimal, whole } from '../text.js';
import { type Chart, chartsOf } from './charts.js';
import type { Figure } from './figures.js';
import { footnotesOf } from './footnotes.js';
import { STYLE } from './page-style.js';
import { COST, SPEED } from './report.js';
import { conclusionsOf, significant } from './sentences.js';
import type { Result, Row } from './types.js';

const GIB = 2 ** 30;
const TITLE = 'A loop, a thread per connection, and node:net';

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

function rangeText({ median, min, max }: Figure): string {
  const text = significant(median);
  return min === max ? text : `${text} (${significant(min)}–${significant(max)})`;
}

interface Table {
  /** For who cannot see it. */
  name: string;
  heads: readonly string[];
  lines: readonly (readonly string[])[];
}

/** The first cell of a line heads it; it stands there once for lines that share it. */
function tableText({ name, heads, lines }: Table): string {
  const head = heads.map((each) => `<th scope="col">${escapeHtml(each)}</th>`).join('');
  const body = lines.map(([first = '', ...cells], i) => {
    const isNext = lines[i - 1]?.[0] === first;
    const rest = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr${isNext ? ' class="next"' : ''}><th scope="row">${escapeHtml(first)}</th>${rest}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

function chartText(chart: Chart): string {
  const { id, title, unit, sentence, labels, series, labelled } = chart;
  const lines = labels.map((label, i) => [
    label,
    ...series.map(({ points }) => {
      const point = points[i] ?? null;
      return point === null ? '—' : rangeText(point);
    }),
  ]);
  const heads = [labelled, ...series.map(({ name }) => name)];
  return `<figure id="${escapeHtml(id)}">
<h3>${escapeHtml(title)}</h3>
<figcaption>${escapeHtml(sentence)}</figcaption>
<div class="canvas"><canvas role="img" aria-label="${escapeHtml(`${title}. ${sentence}`)}" data-chart="${escapeHtml(id)}"></canvas></div>
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

function allFigures(name: string, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  // A head of its own for each column: the lower line alone does not say of what.
  let above = '';
  const heads = columns.map(({ head: [upper, lower] }) => {
    const text = upper === '' && lower === 'min–max' ? `${above}, ${lower}` : `${upper} ${lower}`;
    above = text;
    return text.trim();
  });
  const lines = rows.map((row) => columns.map((column) => column.text(row)));
  return tableText({ name, heads, lines });
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
