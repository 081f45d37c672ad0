// The style of the page: one column on a phone, two where there is room, light or dark
// as the reader has it, light on paper, for which the script draws before there is a layout
// of it: hence the class. The script takes the colours of the charts from here.

/** Colours that are told apart with any kind of colour vision, on either ground. */
const LIGHT = `
  --ground: #fbfaf8; --card: #ffffff; --ink: #1d2126; --soft: #5b646e; --line: #dfe1e4;
  --loop: #0b62b8; --guest: #0f8a6b; --threads: #c4500a; --net: #8a3fa0;
  --resident: #0b62b8; --kernel: #d9930d;`;
const DARK = `
  --ground: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a2abb5; --line: #343a41;
  --loop: #62aef5; --guest: #45cfa6; --threads: #ff9a56; --net: #d492e8;
  --resident: #62aef5; --kernel: #f0bb4f;`;

const PAGE = `
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
:root.paper { color-scheme: light; ${LIGHT} }
:root.paper main { width: 44rem; max-width: none; padding: 0; }
:root.paper .canvas { height: 16rem; }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%; overflow-wrap: break-word;
}
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1rem 3rem; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.4vw, 2.6rem); line-height: 1.15; margin: 0 0 .75rem; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 3rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .35rem; }
p, ul { max-width: 46rem; }
.kicker { margin: 0 0 .4rem; color: var(--soft); font: .85rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.lead { font-size: 1.1rem; margin: 0 0 .6rem; }
.machine { color: var(--soft); font-size: .875rem; margin: 1rem 0 0; }
.machine time { white-space: nowrap; }
.loop { --at: var(--loop); } .guest { --at: var(--guest); }
.threads { --at: var(--threads); } .net { --at: var(--net); }
.resident { --at: var(--resident); } .kernel { --at: var(--kernel); }
.models { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); margin: 1.25rem 0 0; }
.model { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--at); border-radius: .5rem; padding: .75rem 1rem 1rem; }
.model dt { font-weight: 650; color: var(--at); }
.model dd { margin: .25rem 0 0; font-size: .925rem; }
li { margin: .3rem 0; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: 2px solid var(--loop); outline-offset: 2px; border-radius: .2rem; }
@media (min-width: 40rem) { main { padding: 3rem 2rem 4rem; } }
@media print {
  body { background: none; }
  main { max-width: none; padding: 0; }
  summary { display: none; }
  h2, h3 { break-after: avoid; }
  figure, .model, tr { break-inside: avoid; }
}
`;

const CHARTS = `
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
figure { margin: 0; min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; display: flex; flex-direction: column; }
figcaption { font-size: .925rem; margin-bottom: .75rem; }
.canvas { position: relative; height: 20rem; margin-top: auto; }
.legend { display: flex; flex-wrap: wrap; justify-content: center; gap: .1rem .4rem; list-style: none; margin: .5rem 0 0; padding: 0; max-width: none; }
.legend li { margin: 0; }
.legend button { display: flex; align-items: center; gap: .4rem; padding: .2rem .4rem; border: 0; background: none; color: var(--at); font: inherit; font-size: .875rem; }
.legend button:enabled { cursor: pointer; }
.legend svg { flex: none; }
.legend span { color: var(--ink); }
.legend [aria-pressed="false"] { opacity: .45; }
.legend [aria-pressed="false"] span { text-decoration: line-through; }
.same { margin: .5rem 0 0; max-width: none; color: var(--soft); font-size: .875rem; }
details { margin-top: .75rem; font-size: .875rem; }
summary { cursor: pointer; color: var(--soft); }
`;

const AS_COLUMNS = `
  .next th, .next td { border-top: 0; }
  .next th { color: transparent; }`;
const AS_CARDS = `
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .35rem .75rem; padding: .6rem 0; border-top: 1px solid var(--line); }
  th, td { display: block; padding: 0; border: 0; text-align: left; }
  tbody th { grid-column: 1 / -1; font-weight: 650; }
  tbody th::before { content: attr(data-head) ": "; font-weight: 400; color: var(--soft); }
  td::before { content: attr(data-head); display: block; color: var(--soft); font-size: .8em; line-height: 1.3; }`;
/** Whose figures they are stands above them, which are in two rows. */
const AS_WIDE_CARDS = `${AS_CARDS}
  tr { grid-template-columns: repeat(var(--across), 1fr); }
  tbody th { grid-column: 1 / -2; }
  td:nth-child(2) { grid-column: -2 / -1; font-weight: 650; }
  td:nth-child(2)::before { content: none; }`;

/** A table stands in columns where those have room, else as a card for each line. */
const TABLES = `
.figures { container: figures / inline-size; margin: .5rem 0 1.5rem; }
.figures.wide { container-name: wide; }
details .figures { margin-bottom: 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .3rem .45rem; border-top: 1px solid var(--line); text-align: right; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; border-top: 0; line-height: 1.3; }
tbody th { font-weight: 500; }
td small { display: block; color: var(--soft); font-size: .85em; line-height: 1.3; }
.wide th:nth-child(2), .wide td:nth-child(2) { text-align: left; }
@container figures (min-width: 32rem) {${AS_COLUMNS} }
@container figures (max-width: 31.99rem) {${AS_CARDS} }
@container wide (min-width: 43rem) {${AS_COLUMNS} }
@container wide (max-width: 42.99rem) {${AS_WIDE_CARDS} }
`;

export const STYLE = `${PAGE}${CHARTS}${TABLES}`;
