// What a round must hold, whatever failed in it; README.md has the same in words.
import { ruleOf, wordsFor } from './calls.mjs';
import { errnoOf } from './errnos.mjs';

const MAX_RSS_BYTES = 512 * 2 ** 20;
/** A unit may fail where the refusal hit it, and no other. */
const HARMED = 1;

/** Whether this error, or one that it came from, tells of what was injected. */
export function carries(error, point) {
  const words = wordsFor(point.call, point.errno);
  for (let cause = error; cause !== undefined && cause !== null; cause = cause.cause) {
    const { code, errno } = cause;
    if (words.some((word) => code === word || errno === -errnoOf(word))) return true;
  }
  return false;
}

/** The violations as `{ kind, text }`; none: the point held. */
export function judge(round, { struck, leaked, rss, alive }) {
  const { units, told, faults } = round;
  const point = struck > 0 ? round.point : undefined;
  const violations = [];
  const violate = (kind, text) => violations.push({ kind, text });
  const rule = point === undefined ? 'quiet' : ruleOf(point.call, point.errno, round.rules);
  const lasting = point?.use.endsWith('+');

  const open = units.filter(({ state }) => state === 'open');
  const failed = units.filter(({ state }) => state === 'failed');
  if (round.spinning > 0) {
    violate('spin', `${Math.round(round.spinning * 100)} % of a processor, without progress`);
  }
  if (open.length > 0) {
    violate('hang', `${open.length} of ${units.length} never ended, first: ${open[0].name}`);
  } else if (alive) violate('hang', `the loop stays alive when all has ended; ${alive}`);
  for (const fault of new Set(faults)) violate('crash', fault);
  if (round.unclosed > 0) violate('lost', `${round.unclosed} sockets without their close`);
  if (leaked !== 0) violate('leak', `${leaked} descriptors`);
  if (rss > MAX_RSS_BYTES) violate('memory', `${rss >> 20} MiB resident`);

  const first = failed[0];
  const failure = first && `${first.name}: ${first.why}`;
  if (failed.length > 0 && told.length === 0) {
    violate('lost', `${failed.length} failed and nothing was told, first: ${failure}`);
  } else if (failed.some(({ why }) => why === 'wrong bytes')) {
    violate('lost', failure);
  } else if (failed.length > HARMED && !lasting && !round.broad) {
    violate('harm', `${failed.length} failed where one may, first: ${failure}`);
  } else if (failed.length > 0 && rule === 'quiet' && !lasting) {
    violate('harm', `${failed.length} failed where none may, first: ${failure}`);
  }

  // A Worker that is ended may not have come to it.
  if (round.endsUntold) return violations;
  const needed = rule === 'told' || (rule === 'retry' && failed.length > 0);
  if (point !== undefined && needed && !told.some((error) => carries(error, point))) {
    // An error without an errno stands in the place of the system's word.
    const instead = told.find((error) => error.errno === undefined && error.cause === undefined);
    if (instead !== undefined) {
      violate('mistold', `${instead.code ?? instead.name} instead: ${instead.message}`);
    } else if (failed.length === 0 || told.length > 0) {
      violate('silent', `${point.errno} was told to nobody`);
    }
  }
  return violations;
}
