// What a user may have of inotify, used up: in a user namespace of its own, whose limits are small
// (/proc/sys/user, namespaces(7)); the kernel refuses there as it does beyond fs.inotify's. Each
// part was tried without what it is about: PathWatcher.fail (lib/paths/watcher.ts), which keeps what
// is untold, and InotifyHub.close, which gives the instance back at once.
import { expect, it } from 'vitest';
import { hasNetworks, runChild } from '../support/child.js';
import { temporaryFolder } from '../support/folder.js';
import { tellsNames } from './support.js';

const WATCHES = 20;
/** More than are told in one turn. */
const FILES = 600;
const SCRIPT = `
  const { join } = require('node:path');
  const folder = process.env.FOLDER;
  const mode = process.env.MODE;
  const make = (...names) => names.forEach((name) => fs.mkdirSync(join(folder, name), { recursive: true }));
  const many = (prefix, count) => make(...Array.from({ length: count }, (_, i) => prefix + i));
  /** How many watches each instance of this process has. */
  const watches = () =>
    fs.readdirSync('/proc/self/fd').flatMap((fd) => {
      let what = '';
      try { what = fs.readlinkSync('/proc/self/fd/' + fd); } catch {}
      if (!what.includes('inotify')) return [];
      return [(fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8').match(/^inotify wd/gm) ?? []).length];
    });
  const refusal = (act) => {
    try { act(); } catch ({ code, syscall, path, message }) { return { code, syscall, path, message }; }
  };
  const told = {};
  const loop = new EventLoop();
  async function main() {
    make('small', 'large', 'grows');
    many('large/', ${WATCHES + 10});

    // One instance, which the first loop has.
    const first = loop.watchPath(join(folder, 'small'), {}, () => {});
    const other = new EventLoop();
    told.second = refusal(() => other.watchPath(folder, {}, () => {}));
    told.handles = other.metrics().handles.length;
    first.close();
    other.watchPath(folder, {}, () => {}).close();
    for (let i = 0; i < 3; i++) refusal(() => other.watchPath(join(folder, 'none')));
    told.refusedKeep = watches();
    other.close();

    // More folders than watches: what was placed is taken back, and others go on.
    const kept = loop.watchPath(join(folder, 'small'), {}, (event) => told.kept = event.name);
    told.before = watches();
    const large = loop.watchPath(join(folder, 'large'), { recursive: true }, ({ type, error }) => {
      told.large = [type, error?.code];
    });
    told.ready = await large.ready.catch(({ code, message }) => ({ code, message }));
    told.closed = await large.closed.catch(({ code }) => code);
    told.after = watches();
    make('small/heard');

    // None is left for another.
    const grows = [];
    const growing = loop.watchPath(join(folder, 'grows'), { recursive: true }, ({ type, name }) => {
      grows.push(type + ' ' + name);
    });
    await growing.ready;
    const all = Array.from({ length: ${WATCHES} }, (_, i) => join(folder, 'large', String(i)));
    const held = [];
    told.none = refusal(() => all.forEach((path) => held.push(loop.watchPath(path, {}, () => {}))));
    told.full = watches();

    // The limit is met later on: all that was heard before is told, in more than one turn, and then that.
    for (let i = 0; i < ${FILES}; i++) fs.writeFileSync(join(folder, 'grows', 'file' + i), '');
    make('grows/one too many');
    await growing.closed.catch(() => {});
    told.grows = [grows.length, ...grows.slice(-2)];
    for (const each of held) each.close();
    told.freed = watches();
    kept.close();
  }
  const done = main();
  setImmediate(() => {
    if (mode === 'owned') loop.run();
    else loop.attach();
    done.then(() => { loop.close(); report(told); });
  });
`;

it.runIf(process.platform === 'linux' && tellsNames && hasNetworks)(
  'what a user may have no more of is told by its name, and nothing of it is kept',
  () => {
    for (const MODE of ['owned', 'guest']) {
      const FOLDER = temporaryFolder();
      // That of a folder in it, and those above.
      const one = FOLDER.split('/').length;
      const told = runChild<Record<string, unknown>>(SCRIPT, {
        network: `echo ${WATCHES} > /proc/sys/user/max_inotify_watches && echo 1 > /proc/sys/user/max_inotify_instances`,
        env: { MODE, FOLDER },
      });
      const watch = {
        code: 'ENOSPC',
        message: expect.stringContaining('fs.inotify.max_user_watches'),
      };
      expect(told).toEqual({
        second: {
          code: 'EMFILE',
          syscall: 'inotify_init1',
          message: expect.stringContaining('fs.inotify.max_user_instances'),
        },
        handles: 0,
        refusedKeep: [],
        before: [one],
        large: ['error', 'ENOSPC'],
        ready: watch,
        closed: 'ENOSPC',
        after: [one],
        kept: 'heard',
        grows: [FILES + 2, 'create one too many', 'error '],
        none: {
          ...watch,
          syscall: 'inotify_add_watch',
          path: expect.stringContaining(`${FOLDER}/large/`),
        },
        full: [WATCHES],
        freed: [one],
      });
    }
  },
);
