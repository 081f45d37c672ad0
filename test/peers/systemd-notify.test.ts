// systemd's own systemd-notify(1) tells a loop that is its manager: who it speaks for comes as
// credentials, and it waits until the descriptor of its last message is closed, as is what
// nobody takes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const test = eachWithLoop();
const installed = spawnSync('systemd-notify', ['--version'], { stdio: 'ignore' }).status === 0;

describe.runIf(installed).each(DRIVE_MODES)('systemd-notify, %s', (mode) => {
  it('is heard with its credentials, and waits for its descriptor', async () => {
    const path = join(temporaryFolder(), 'notify');
    const heard: { text: string; pid: number | undefined }[] = [];
    test.loop.dgram(
      { path, info: { credentials: true } },
      {
        message(socket, chunk, _from, info) {
          const text = Buffer.from(chunk).toString();
          heard.push({ text, pid: info.credentials?.pid });
          if (text === 'BARRIER=1') socket.close();
        },
      },
    );
    const peer = spawn('systemd-notify', ['--ready', '--status=at work'], {
      env: { ...process.env, NOTIFY_SOCKET: path },
      stdio: 'ignore',
    });
    const ended = once(peer, 'close');
    await drive(test.loop, mode);
    expect(await ended).toEqual([0, null]);
    const whose = [process.pid, peer.pid];
    expect(heard.map(({ text }) => text.split('\n').sort())).toEqual([
      ['READY=1', 'STATUS=at work'],
      ['BARRIER=1'],
    ]);
    // As root it speaks for who called it.
    expect(heard.every(({ pid }) => whose.includes(pid))).toBe(true);
  });
});
