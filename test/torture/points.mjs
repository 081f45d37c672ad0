// Which points there are: a workload in a mode, one of its calls, an errno, and the use
// of that call that fails. What a workload never calls so often is no point.
import { CALL_NAMES, CALLS, LASTING, mayLast, USES } from './calls.mjs';
import { errnoOf } from './errnos.mjs';
import { HOST_CALLS } from './host-calls.mjs';

export const MODES = ['owned', 'guest'];

/** Every point of a workload, its module's default, whose calls were made `uses` times. */
export function pointsOf({ workload, mode, uses, definition }) {
  const { only = {}, never = {}, rules, lasting = true } = definition;
  const points = [];
  for (const [call, errnos] of Object.entries({ ...CALLS, ...rules })) {
    const made = uses[call] ?? 0;
    for (const [errno] of errnos) {
      if (only[call]?.includes(errno) === false || never[call]?.includes(errno)) continue;
      const point = { workload, mode, call, errno };
      for (const use of USES) if (made >= Number(use)) points.push({ ...point, use });
      if (lasting && made > 0 && mayLast(call, errno, rules))
        points.push({ ...point, use: LASTING });
    }
  }
  return points;
}

/** Whether a point is among those asked for: each filter is a list, empty: all. */
export function matches(point, filters) {
  return Object.entries(filters).every(
    ([name, wanted]) => wanted.length === 0 || wanted.includes(point[name]),
  );
}

/** A number from a point's text that spreads evenly: which ones a short form takes. */
function spread(text) {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  return hash;
}

/** A selection that has every call with every errno once, wherever and whenever. */
export function shortened(points) {
  const chosen = new Map();
  for (const point of points) {
    const pair = `${point.call} ${point.errno}`;
    const rank = spread(Object.values(point).join());
    if (rank < (chosen.get(pair)?.rank ?? Number.POSITIVE_INFINITY)) {
      chosen.set(pair, { rank, point });
    }
  }
  return [...chosen.values()].map(({ point }) => point);
}

/** The points of node:net that stand beside those of our workload `like`. */
export function hostPoints(points, like) {
  const found = new Map();
  for (const { workload, call, errno, use } of points) {
    if (workload !== like || HOST_CALLS[call] === undefined) continue;
    const point = { workload: 'net', mode: 'host', call: HOST_CALLS[call], errno, use, ours: call };
    found.set(`${call} ${errno} ${use}`, point);
  }
  return [...found.values()];
}

/** The arguments that make this very point again. */
export function argumentsOf({ workload, mode, call, errno, use }) {
  return `--workload ${workload} --mode ${mode} --call ${call} --errno ${errno} --use ${use}`;
}

/** @throws Error that names what is unknown */
export function checkPoint({ call, errno, use }) {
  if (!CALL_NAMES.includes(call)) throw new Error(`no such call: ${call}`);
  errnoOf(errno);
  if (!/^[1-9]\d*\+?$/.test(use)) throw new Error(`a use is a number, or one with a plus: ${use}`);
}
