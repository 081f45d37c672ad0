// The style of the page: one column on a phone, two where there is room, light or dark
// as the reader has it. The script of the charts takes its colours from here.

/** Colours that are told apart with any kind of colour vision, on either ground. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --card: #ffffff; --ink: #1d2126; --soft: #5b646e; --line: #dfe1e4;
  --loop: #0b62b8; --guest: #0f8a6b; --threads: #c4500a; --net: #8a3fa0;
  --resident: #0b62b8; --kernel: #d9930d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a2abb5; --line: #343a41;
    --loop: #62aef5; --guest: #45cfa6; --threads: #ff9a56; --net: #d492e8;
    --resident: #62aef5; --kernel: #f0bb4f;
  }
}
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
.models { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); margin: 1.25rem 0 0; }
.model { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--at); border-radius: .5rem; padding: .75rem 1rem 1rem; }
.model dt { font-weight: 650; color: var(--at); }
.model dd { margin: .25rem 0 0; font-size: .925rem; }
.loop { --at: var(--loop); } .guest { --at: var(--guest); }
.threads { --at: var(--threads); } .net { --at: var(--net); }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
figure { margin: 0; min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; display: flex; flex-direction: column; }
figcaption { font-size: .925rem; margin-bottom: .75rem; }
.canvas { position: relative; height: 20rem; margin-top: auto; }
details { margin-top: .75rem; font-size: .875rem; }
summary { cursor: pointer; color: var(--soft); }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; max-width: 100%; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--loop); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: .3rem .6rem; border-top: 1px solid var(--line); text-align: right; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; min-width: 4.5rem; }
thead th { border-top: 0; }
tbody th { font-weight: 500; }
.next th, .next td { border-top: 0; }
.next th { color: transparent; }
.all th:nth-child(2), .all td:nth-child(2) { text-align: left; }
.machine time { white-space: nowrap; }
li { margin: .3rem 0; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (min-width: 40rem) { main { padding: 3rem 2rem 4rem; } }
@media print { figure, .model { break-inside: avoid; } }
`;
