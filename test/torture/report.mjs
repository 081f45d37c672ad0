// The scoreboard: by call, how many points were run, held, and were violated how; then
// each kind of violation with the command that shows it again.
import { argumentsOf } from './points.mjs';

const KINDS = ['crash', 'hang', 'spin', 'lost', 'harm', 'silent', 'mistold', 'leak', 'memory'];
const SHOWN_TEXT = 160;

export class Scoreboard {
  #rows = new Map();
  #found = [];
  #unsteady = [];
  run = 0;
  violated = 0;
  notReached = 0;

  #row(call) {
    if (!this.#rows.has(call)) this.#rows.set(call, { ours: count(), host: count() });
    return this.#rows.get(call);
  }

  add(point, { struck, violations, unsteady }) {
    if (struck === 0) {
      this.notReached++;
      return;
    }
    const ofHost = point.ours !== undefined;
    const row = this.#row(point.ours ?? point.call)[ofHost ? 'host' : 'ours'];
    row.points++;
    const kinds = new Set(violations.map(({ kind }) => kind));
    for (const kind of kinds) row.kinds.set(kind, (row.kinds.get(kind) ?? 0) + 1);
    if (kinds.size > 0) row.violated++;
    if (unsteady !== undefined) this.#unsteady.push({ point, violations: unsteady });
    if (violations.length > 0) this.#found.push({ point, violations, ofHost });
    if (ofHost) return;
    this.run++;
    if (kinds.size > 0) this.violated++;
  }

  get json() {
    const rows = [...this.#rows].map(([call, { ours, host }]) => ({
      call,
      ours: plain(ours),
      host: plain(host),
    }));
    const { run, violated, notReached } = this;
    const found = this.#found.map(({ point, violations }) => ({ point, violations }));
    return {
      run,
      held: run - violated,
      violated,
      notReached,
      rows,
      found,
      unsteady: this.#unsteady,
    };
  }

  /** Lines of text. */
  *text() {
    const hasHost = [...this.#rows.values()].some(({ host }) => host.points > 0);
    yield line('call', 'points', 'held', 'violated', hasHost ? 'node:net' : '');
    for (const [call, { ours, host }] of [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const held = ours.points - ours.violated;
      yield line(call, ours.points, held, words(ours), hasHost ? hostWords(host) : '');
    }
    yield '';
    yield* this.#examples();
    for (const { point, violations } of this.#unsteady) {
      const [{ kind, text }] = violations;
      yield `seen once and not again: ${kind} at ${argumentsOf(point)}: ${text}`;
    }
    const hosts = [...this.#rows.values()].map(({ host }) => host);
    const [asked, failed] = ['points', 'violated'].map((name) => sum(hosts, name));
    if (asked > 0) yield `node:net: ${asked} of the same points, ${failed} violated`;
    yield `${this.run} points: ${this.run - this.violated} held, ${this.violated} violated`;
  }

  /** One violation of each call and kind. */
  *#examples() {
    const groups = new Map();
    for (const { point, violations, ofHost } of this.#found) {
      if (ofHost) continue;
      for (const { kind, text } of violations) {
        const name = `${KINDS.indexOf(kind)} ${kind}: ${point.call}`;
        if (!groups.has(name))
          groups.set(name, { kind, text, point, errnos: new Set(), points: 0 });
        const group = groups.get(name);
        group.errnos.add(point.errno);
        group.points++;
      }
    }
    for (const [, { kind, text, point, errnos, points }] of [...groups].sort()) {
      yield `${kind}: ${point.call} with ${[...errnos].join(', ')} (${points} points)`;
      yield `    ${text.split('\n')[0].slice(0, SHOWN_TEXT)}`;
      yield `    npm run torture -- ${argumentsOf(point)}`;
    }
    if (groups.size > 0) yield '';
  }
}

function sum(rows, name) {
  return rows.reduce((total, row) => total + row[name], 0);
}

function count() {
  return { points: 0, violated: 0, kinds: new Map() };
}

function plain({ points, violated, kinds }) {
  return { points, violated, kinds: Object.fromEntries(kinds) };
}

function words({ violated, kinds }) {
  if (violated === 0) return '';
  const each = KINDS.filter((kind) => kinds.has(kind)).map((kind) => `${kinds.get(kind)} ${kind}`);
  return `${violated} (${each.join(', ')})`;
}

function hostWords(host) {
  return host.points === 0 ? '' : `${host.points} points, ${words(host) || 'all held'}`;
}

function line(call, points, held, violated, host) {
  const ours = `${String(call).padEnd(15)} ${String(points).padStart(6)} ${String(held).padStart(6)}`;
  return `${ours}  ${String(violated).padEnd(40)} ${host}`.trimEnd();
}
