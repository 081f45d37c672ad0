// strace as witness: which calls on files the loop's own thread makes. For what goes to the pool, none;
// for files in memory those alone that do not wait: openat2 with RESOLVE_CACHED, preadv2 with
// RWF_NOWAIT, a status that asks no server, and what is done to a descriptor that they opened.
//
// Without RESOLVE_CACHED in OpenCached, or with read(2) in ReadCached, the second test tells of them.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../package/support.js';

const folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-witness-'));
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));

/** By which it is also known that a number is still what it was: no server is asked. */
const STATUS = /^statx\(\d+<.*AT_STATX_DONT_SYNC/;
const TRACE = 'trace=%file,%desc';

/** What the main thread of a program that runs `work` does to files in the folder meanwhile. */
function callsOf(work: string): string[] | string {
  const log = join(folder, 'log');
  const program = `
    const { EventLoop } = require(${JSON.stringify(join(root, 'dist/index.cjs'))});
    const fs = require('node:fs');
    const loop = new EventLoop().attach();
    const at = (name) => ${JSON.stringify(folder)} + '/' + name;
    fs.writeFileSync(at('file'), 'content');
    (async () => {
      for (let i = 0; i < 4; i++) await (await loop.fs.open(at('file'))).close();
      fs.existsSync(at('begin'));
      ${work}
      fs.existsSync(at('end'));
      loop.close();
      process.stdout.write(String(process.pid));
    })();`;
  // A file for each thread: in one of all, a call that another thread's comes between has two lines.
  const args = ['-ff', '-y', '-s', '100', '-e', TRACE, '-o', log, process.execPath, '-e', program];
  const { error, status, stdout, stderr } = spawnSync('strace', args, { encoding: 'utf8' });
  if (error !== undefined) return 'there is no strace';
  if (status !== 0) return `strace: ${stderr.slice(0, 200)}`;
  const own = nodeFs.readFileSync(`${log}.${stdout}`, 'utf8').split('\n');
  const place = (name: string) => own.findIndex((line) => line.includes(`${folder}/${name}"`));
  const between = own.slice(place('begin') + 1, place('end'));
  return between.filter((line) => line.includes(folder));
}

describe.runIf(process.platform === 'linux')('the loop’s own thread', () => {
  it('makes no call on files for what goes to the pool', ({ skip }) => {
    const calls = callsOf(`
      const file = await loop.fs.open(at('other'), 'w+');
      await file.write('bytes');
      await file.read(Buffer.alloc(3), { position: 0, inline: false });
      await file.sync();
      await file.truncate(2);
      await loop.fs.flock(file, 'exclusive');
      await file.close();
      await loop.fs.writeFile(at('third'), 'x');
      await loop.fs.readFile(at('third'), { inline: false });
      await loop.fs.stat(at('third'), { inline: false });
      await loop.fs.copyFile(at('third'), at('fourth'));
      await loop.fs.mkdir(at('a/b'), { recursive: true });
      await loop.fs.readdir(at('a'));
      for await (const entry of await loop.fs.opendir(at('a'))) entry.name;
      await loop.fs.rename(at('third'), at('a/third'));
      await loop.fs.rm(at('a'), { recursive: true });`);
    if (typeof calls === 'string') return skip(calls);
    expect(calls.filter((call) => !STATUS.test(call))).toEqual([]);
  });

  it('makes calls that do not wait for what is in memory', ({ skip }) => {
    const calls = callsOf(`
      await loop.fs.stat(at('file'));
      await loop.fs.readFile(at('file'));
      const file = await loop.fs.open(at('file'));
      await file.read(Buffer.alloc(3));
      await file.read(Buffer.alloc(3), { position: 0 });
      await file.stat();
      await file.close();`);
    if (typeof calls === 'string') return skip(calls);
    const allowed = [
      /^openat2\(AT_FDCWD.*RESOLVE_CACHED/,
      /^preadv2\(.*RWF_NOWAIT/,
      STATUS,
      /^(?:close|fcntl|lseek)\(/,
    ];
    expect(calls.filter((call) => !allowed.some((pattern) => pattern.test(call)))).toEqual([]);
    if (calls.length === 0) skip('files are not read without a thread here');
    for (const pattern of allowed) expect(calls.some((call) => pattern.test(call))).toBe(true);
  });
});
