// Programs of others at the other side of a FIFO and of pseudoterminals: socat(1), and a shell
// that has the terminal for its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { Collected, filesIn, hasSocat, MUCH, peersOfTest } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const socat = peersOfTest();
/** A terminal, and not for our own. */
const both = constant('O_RDWR') | (constants['O_NOCTTY'] ?? 0);

describe.runIf(hasSocat).each(DRIVE_MODES)('socat, %s', (mode) => {
  it('writes into a FIFO, which is read to its end', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'fifo');
    spawnSync('mkfifo', [path]);
    const fd = openSync(path, constant('O_RDONLY') | constant('O_NONBLOCK'));
    const collected = new Collected();
    test.loop.stream(fd, {}, collected);
    const peer = socat(filesIn(folder, MUCH).address, `PIPE:${path}`, '-u');
    // A FIFO that nobody has opened to write looks as one whose last writer is gone.
    await peer.said(/starting data transfer/);
    await drive(test.loop, mode);
    expect(collected.text === MUCH).toBe(true);
    expect(collected.ended).toBe(true);
  });

  it('reads a FIFO that is written, to its end', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'fifo');
    spawnSync('mkfifo', [path]);
    const files = filesIn(folder, '');
    const peer = socat(`OPEN:${path},rdonly`, files.address, '-u');
    // Blocks until socat has opened it.
    test.loop.stream(openSync(path, 'w'), {}, {}).end(MUCH);
    await drive(test.loop, mode);
    await peer.ended();
    expect(files.got() === MUCH).toBe(true);
  });

  it('has a program at the other side of a pseudoterminal', async () => {
    const path = join(temporaryFolder(), 'terminal');
    // The terminal goes with socat, which does not wait for what may come from us.
    const peer = socat(`PTY,rawer,link=${path}`, 'EXEC:head -n 2', '-t', '0.1');
    await peer.said(/starting data transfer/);
    const collected = new Collected();
    const fd = openSync(path, both);
    test.loop.stream(fd, {}, collected).write('one\ntwo\n');
    await drive(test.loop, mode);
    expect(collected.text).toBe('one\ntwo\n');
    expect(collected.ended).toBe(true);
  });
});

const hasSetsid = spawnSync('setsid', ['true'], { stdio: 'ignore' }).status === 0;

describe.runIf(hasSetsid).each(DRIVE_MODES)('a shell in a pseudoterminal, %s', (mode) => {
  it('computes, has it for its terminal, and ends it', async () => {
    const ours = openSync('/dev/ptmx', both);
    raw.check(raw.ioctl(ours, constant('TIOCSPTLCK'), 0), 'ioctl');
    const its = raw.check(raw.ioctl(ours, constant('TIOCGPTPEER'), both), 'ioctl');
    const env = { ...process.env, PS1: '$ ', ENV: '' };
    const shell = spawn('setsid', ['-c', 'sh', '-i'], { stdio: [its, its, its], env });
    const closed = once(shell, 'close');
    raw.close(its);
    const collected = new Collected();
    const stream = test.loop.stream(ours, {}, collected);
    stream.write('echo $((6 * 7)); tty; exit 3\n');
    await drive(test.loop, mode);
    expect(collected.text).toMatch(/^(\$ )?42\r?\n\/dev\/pts\/\d+\r?\n/m);
    expect(collected.ended).toBe(true);
    expect(await closed).toEqual([3, null]);
  });
});
