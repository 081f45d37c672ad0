// Every request of loop.fs beside node:fs, in both modes: the same script is played by each in a
// folder of its own, and what came of every step, value or error, is the same.
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Files, type Host, STEPS } from './fs-parity-steps.js';
import { MODES, TestLoop } from './support.js';

let root: string;
beforeAll(() => {
  root = nodeFs.realpathSync(nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-parity-')));
});
afterAll(() => nodeFs.rmSync(root, { recursive: true }));

/** What came of each step, with the folder's own name taken out. */
async function play(fs: Files, folder: string): Promise<Record<string, unknown>> {
  const home = join(root, folder);
  nodeFs.mkdirSync(home);
  const at = (name: string) => `${home}/${name}`;
  const told: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(STEPS)) {
    told[name] = await step(fs as Host, at).then(
      (value) => ({ value }),
      (error: NodeJS.ErrnoException & { dest?: string }) => {
        const { code, errno, syscall, path, dest, message } = error;
        const clean = (text?: string) => text?.replaceAll(home, '');
        return {
          code,
          errno,
          syscall,
          path: clean(path),
          dest: clean(dest),
          message: clean(message),
        };
      },
    );
  }
  return told;
}

/** Where we say more, or another thing, than Node: see docs/files.md. */
const OTHER_WORDS = new Set([
  'makes none in none',
  'copies a link over a file',
  'copies a tree into itself by a link',
  'copies a tree onto itself',
  'copies a folder by itself',
  'copies over what is there',
  'asks a handle that is closed',
  'writes half of a byte',
  'writes what is no bytes',
  'has no such mode',
  // Node 26 tells the path.
  'reads a folder',
]);

const WAYS = MODES.map((mode) => ({ mode, inline: mode === 'owned' }));

let nodes: Record<string, unknown>;
beforeAll(async () => {
  nodes = await play(nodeFs.promises, 'node');
});

describe.each(WAYS)('loop.fs, $mode, inline $inline', ({ mode, inline }) => {
  it('does and says what node:fs does and says', async () => {
    const loop = new TestLoop({}, inline);
    const ours = await loop.outcome(mode, play(loop.fs, `ours-${mode}-${inline}`));
    loop.close();
    const told = (all: Record<string, unknown>) =>
      Object.entries(all).map(([name, what]) => {
        return OTHER_WORDS.has(name) ? [name, (what as { code?: string }).code] : [name, what];
      });
    expect(told(ours)).toEqual(told(nodes));
    const left = (folder: string) =>
      nodeFs.readdirSync(join(root, folder)).filter((name) => !name.startsWith('temp-'));
    expect(left(`ours-${mode}-${inline}`)).toEqual(left('node'));
  });

  // Without `holds` in lib/pool/fs/fs.ts and contents.ts nothing is alive, and the test times out.
  it('keeps the loop alive also while it waits for a filter, and for what is iterated', async () => {
    const loop = new TestLoop({}, inline);
    const path = join(root, `held-${mode}-${inline}`);
    const coming = async function* () {
      yield await Promise.resolve('coming');
    };
    const told = await loop.outcome(mode, loop.fs.writeFile(path, coming()));
    const filter = () => Promise.resolve(true);
    await loop.outcome(mode, loop.fs.cp(path, `${path}-copy`, { filter }));
    expect([told, nodeFs.readFileSync(`${path}-copy`, 'utf8')]).toEqual([undefined, 'coming']);
    loop.close();
  });

  it('copies what procfs has, of which node:fs copies nothing', async () => {
    const loop = new TestLoop();
    const copy = join(root, `status-${mode}-${inline}`);
    await loop.outcome(mode, loop.fs.copyFile('/proc/self/status', copy));
    expect(nodeFs.readFileSync(copy, 'utf8')).toMatch(/^Name:/);
    loop.close();
  });
});
