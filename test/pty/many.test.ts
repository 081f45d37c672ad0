// Many ptys at once, and in a Worker. Not beside guardDescriptors: with that many descriptors the addon
// opens one to tell them apart by, which it keeps.
import { describe, expect, it } from 'vitest';
import { guardChildren } from '../spawn/support.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { startWorker } from '../support/worker.js';
import { countTerminals } from './support.js';

guardChildren();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('two hundred at once, and nothing of them is left', async () => {
    const before = countTerminals();
    const { loop } = test;
    const texts = new Map<string, string>();
    for (let i = 0; i < 200; i++) {
      const pty = loop.pty(
        {},
        {
          data: ({ pty }, chunk) => {
            texts.set(pty.slavePath, (texts.get(pty.slavePath) ?? '') + Buffer.from(chunk));
          },
        },
      );
      // Most are closed without ever having had a program.
      if (i % 4 === 0) loop.spawn('tty', [], { controllingTerminal: pty });
      else loop.setImmediate(() => pty.close());
    }
    await drive(loop, mode);
    expect(texts.size).toBe(50);
    for (const [path, text] of texts) expect(text).toBe(`${path}\r\n`);
    expect(countTerminals()).toBe(before);
  });

  it('a Worker has its own, and what it leaves is hung up', async () => {
    const before = countTerminals();
    const worker = startWorker(`
      const loop = new EventLoop();
      const left = loop.pty({}, { data: () => {
        const pty = loop.pty({}, {
          data: (_master, chunk) => parentPort.postMessage(Buffer.from(chunk).toString()),
        });
        loop.spawn('sh', ['-c', 'stty size; exec sleep 100'], { controllingTerminal: pty });
      } });
      loop.spawn('sh', ['-c', 'echo ready; exec sleep 100'], { controllingTerminal: left });
      ${mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}`);
    expect(await worker.message()).toBe('24 80\r\n');
    await worker.terminate();
    expect(countTerminals()).toBe(before);
  });
});
