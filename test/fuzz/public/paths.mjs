// Watched paths of a program: rows of things.mjs.
import { anyValue, noFunction } from '../support/values.mjs';

const PATHS = ['.', '/none/of/this', '/dev/null', Buffer.from('/tmp'), '', 'a\0b'];

export function pathRows(program, actions) {
  const { random } = program;
  const wrong = () => anyValue(random);
  const flag = () => actions.or(() => random.oneIn(2), wrong);
  const options = () => ({
    initial: flag(),
    attributes: flag(),
    highWaterMark: actions.or(() => random.pick([1, 0, 100]), wrong),
  });
  const callback = (event) => {
    if (typeof event.type !== 'string') program.report(`a watched path is told ${event}`);
    program.inCallback('watched path');
  };
  const watchPath = () => {
    const watcher = actions.call('watchPath', () =>
      program.loop.watchPath(
        actions.or(() => random.pick(PATHS), wrong),
        actions.or(options, wrong),
        actions.or(
          () => random.pick([callback, undefined]),
          () => noFunction(random),
        ),
      ),
    );
    if (watcher === undefined || random.oneIn(8)) return;
    if (random.oneIn(3)) watcher.unref();
    program.loop.setTimeout(() => watcher.close(), random.below(5));
  };
  return [[2, watchPath]];
}
