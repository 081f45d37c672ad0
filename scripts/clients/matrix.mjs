// The matrix of `npm run test:clients`: a row for each check, two columns for each transport, on our
// sockets and on the host's.

const TRANSPORTS = ['tcp', 'unix', 'tls'];
const SIDES = ['rawloop', 'host'];

/** @typedef {{ why?: string, reason?: string, cpuUs?: number }} Result of a check */

function cell(result) {
  if (result === undefined) return '';
  if (result.reason !== undefined) return 'n/a';
  return result.why === undefined ? 'ok' : 'FAILED';
}

/** CPU of the checks that both sides did. */
function cpuRatio(runs, transport) {
  const [ours, host] = SIDES.map((side) => runs.get(`${transport} ${side}`) ?? new Map());
  let [sum, hostSum] = [0, 0];
  for (const [name, { cpuUs = 0 }] of ours) {
    const beside = host.get(name)?.cpuUs;
    if (beside === undefined) continue;
    sum += cpuUs;
    hostSum += beside;
  }
  return hostSum === 0 ? '' : (sum / hostSum).toFixed(2);
}

/** Results as `{ client, title, runs: Map('tcp rawloop' -> Map(check -> Result)) }`. */
export function print(tables) {
  const columns = TRANSPORTS.flatMap((transport) => SIDES.map((side) => `${transport} ${side}`));
  const rows = tables.flatMap(({ title, runs }) => {
    // Some checks are for one transport alone.
    const byLength = [...runs.values()].sort((a, b) => b.size - a.size);
    const names = new Set(byLength.flatMap((results) => [...results.keys()]));
    const checks = [...names].map((name) => [
      `  ${name}`,
      ...columns.map((column) => cell(runs.get(column)?.get(name))),
    ]);
    const ratios = TRANSPORTS.flatMap((transport) => [cpuRatio(runs, transport), '']);
    return [[title], ...checks, ["  CPU beside the host's", ...ratios]];
  });
  const width = Math.max(...rows.map(([first]) => first.length));
  const line = ([first, ...cells]) =>
    `${first.padEnd(width)}  ${cells.map((text) => text.padEnd(7)).join('  ')}`.trimEnd();
  console.log(line(['', ...TRANSPORTS.flatMap((transport) => [transport, ''])]));
  console.log(line(['', ...columns.map((column) => column.split(' ')[1])]));
  for (const row of rows) console.log(line(row));
}

/** What failed, with why, and what cannot be. Whether any failed on our side alone. */
export function tellFailures(tables) {
  let isWorse = false;
  const counts = { passed: 0, failed: 0, impossible: 0 };
  const reasons = new Set();
  for (const { client, runs } of tables) {
    for (const [column, results] of runs) {
      const [transport, side] = column.split(' ');
      for (const [name, { why, reason }] of results) {
        if (reason !== undefined) reasons.add(`${client}, ${name}, ${side}: ${reason}`);
        if (side === 'rawloop') {
          counts[reason ? 'impossible' : why === undefined ? 'passed' : 'failed']++;
        }
        if (why === undefined) continue;
        const beside = runs.get(`${transport} host`)?.get(name);
        const isAlone = side === 'rawloop' && beside?.why === undefined;
        isWorse ||= isAlone;
        console.log(`\n${client}, ${transport}, ${side}: ${name}`);
        console.log(why.split('\n').slice(0, 12).join('\n').replace(/^/gm, '    | '));
      }
    }
  }
  for (const reason of reasons) console.log(`n/a: ${reason}`);
  return { isWorse, ...counts };
}
