// Watched paths of a program: rows of things.mjs.
import { anyValue, noFunction } from '../support/values.mjs';

/** Of a few files, to be watched with all below it. */
const TREE = import.meta.dirname;
const PATHS = ['.', '/none/of/this', '/dev/null', Buffer.from('/tmp'), '', 'a\0b'];

export function pathRows(program, actions) {
  const { random } = program;
  const wrong = () => anyValue(random);
  const flag = () => actions.or(() => random.oneIn(2), wrong);
  const options = () => ({
    initial: flag(),
    attributes: flag(),
    encoding: actions.or(() => random.pick(['utf8', 'buffer', undefined]), wrong),
    ...actions.signal(),
    highWaterMark: actions.or(() => random.pick([1, 0, 100]), wrong),
  });
  const callback = (event) => {
    if (typeof event.type !== 'string') program.report(`a watched path is told ${event}`);
    program.inCallback('watched path');
  };
  const watchPath = () => {
    const recursive = random.oneIn(3);
    const watcher = actions.call('watchPath', () =>
      program.loop.watchPath(
        recursive ? TREE : actions.or(() => random.pick(PATHS), wrong),
        actions.or(() => ({ recursive, ...options() }), wrong),
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
