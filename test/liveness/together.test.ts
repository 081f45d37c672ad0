// What keeps a process alive, for kinds together, for work on the pool, and for a loop
// that holds nothing at all: one referenced thing is enough, none lets the process end.
//
// When a guest does not unreference itself with its host, a process with nothing in its
// loop does not end either; when `unref` of a phase hook does not release the loop, those
// with one of every kind do not.
import { describe, expect, it } from 'vitest';
import { DRIVE_NAMES, lifeOf } from './child.js';
import { ALL_KINDS } from './kinds.js';

describe.concurrent.each(DRIVE_NAMES)('in a loop that is %s', (drive) => {
  const end = drive === 'owned' ? ['returned'] : [];
  const ends = (...told: string[]) => ({
    told: [...told, ...end],
    ended: true,
    status: 0,
    stderr: '',
  });
  const stays = (...told: string[]) => ({ told, ended: false, status: null, stderr: '' });

  it('a process with nothing in its loop ends', async () => {
    expect(await lifeOf('', drive, 'referenced', false)).toEqual(ends());
  });

  it('a process with one of every kind, all unreferenced, ends', async () => {
    expect(await lifeOf(ALL_KINDS, drive, 'unreferenced', false)).toEqual(ends('settled'));
  });

  it('a process with one of every kind, all closed, ends', async () => {
    expect(await lifeOf(ALL_KINDS, drive, 'closed', false)).toEqual(ends('settled'));
  });

  it('a process with one of every kind stays for the only one that is referenced', async () => {
    const script = `${ALL_KINDS} loop.watch(silentFd(), { read: true }, () => {});`;
    expect(await lifeOf(script, drive, 'unreferenced', true)).toEqual(stays('settled'));
  });

  it('a process with one of every kind, unreferenced, ends with its last timer', async () => {
    const script = `${ALL_KINDS} loop.setTimeout(() => tell('timer'), 100);`;
    const life = await lifeOf(script, drive, 'unreferenced', false);
    expect({ ...life, told: life.told.toSorted() }).toEqual({
      ...ends(),
      told: ['settled', 'timer', ...end].toSorted(),
    });
  });

  it('a process stays for a request on the pool that does not end', async () => {
    const script = `
      loop.crypto.pbkdf2('a', 'b', 2 ** 31 - 1, 64, 'sha512').then(() => tell('done'));
      settle();`;
    expect(await lifeOf(script, drive, 'referenced', true)).toEqual(stays('settled'));
  });

  it('a process ends with its last request on the pool, not with the threads', async () => {
    const script = `loop.fs.stat('/').then(() => tell('done'));`;
    expect(await lifeOf(script, drive, 'referenced', false)).toEqual(ends('done'));
  });

  it('a process stays for requests of every lane, and for files that wait for a turn', async () => {
    const script = `
      Promise.all([
        loop.crypto.pbkdf2('a', 'b', 1000, 8, 'sha1'),
        loop.dns.lookup('localhost'),
        loop.zlib.gzip('text'),
        ...Array.from({ length: 3000 }, () => loop.fs.stat('/')),
      ]).then(() => tell('done'));`;
    expect(await lifeOf(script, drive, 'referenced', false)).toEqual(ends('done'));
  });

  it('a process ends after what a closing callback, a tick and a promise still do', async () => {
    const script = `
      const watcher = loop.watch(silentFd(), { read: true }, () => {});
      watcher.onClosed = () => {
        tell('closed');
        loop.nextTick(() => {
          tell('tick');
          Promise.resolve().then(() => loop.setTimeout(() => tell('timer'), 1));
        });
      };
      watcher.close();`;
    expect(await lifeOf(script, drive, 'referenced', false)).toEqual(
      ends('closed', 'tick', 'timer'),
    );
  });

  it('a process with everything in a closed loop ends', async () => {
    const script = `${ALL_KINDS} loop.setTimeout(() => loop.close(), 50);`;
    const { ended, status, stderr } = await lifeOf(script, drive, 'referenced', false);
    expect({ ended, status, stderr }).toEqual({ ended: true, status: 0, stderr: '' });
  });
});

it('a process ends although a loop that was detached holds one of every kind', async () => {
  const life = await lifeOf(ALL_KINDS, 'detached', 'referenced', false);
  expect(life).toEqual({ told: [], ended: true, status: 0, stderr: '' });
});
