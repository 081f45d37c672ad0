// Processes: each tells all that it wrote and how it ended, or spawn says why there is none.
const CHILDREN = 12;

function start(round, loop, index) {
  const unit = round.unit(`child ${index}`);
  const expected = `${index}\n`;
  let text = '';
  let exit;
  const kills = index % 3 === 0;
  const handlers = {
    stdout: (_child, chunk) => {
      round.advance();
      text += Buffer.from(chunk).toString();
    },
    exit: (_child, { code, signal }) => {
      exit = kills ? signal === 'SIGKILL' : code === 0;
    },
    close: (child, error) => {
      round.tell(error);
      for (const stream of child.stdio) round.tell(stream?.error);
      unit.end(exit === true && (kills || text === expected), `it ended with ${exit}, '${text}'`);
    },
  };
  const options = { cwd: '/', stdio: ['pipe', 'pipe', 'null'], env: {} };
  const child = round.attempt(() => loop.spawn('/bin/cat', [], options, handlers));
  if (child === undefined) return unit.failed('no child');
  if (kills) {
    const sent = round.attempt(() => child.kill('SIGKILL'));
    // What cannot be killed ends at the end of what it reads.
    if (sent === undefined) child.stdin.end();
    return;
  }
  child.stdin.end(expected);
}

export default {
  run(round, loop) {
    for (let i = 0; i < CHILDREN; i++) start(round, loop, i);
    const later = round.unit('a timer between');
    loop.setTimeout(() => later.done(), 5);
    round.whenAllEnded(() => {});
  },
};
