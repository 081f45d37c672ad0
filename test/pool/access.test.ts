// loop.fs.access: allowed and refused where Node's own says so, in every mode.
//
// Without the two checks of the mode, here and in the addon, 8 and -1 go to the kernel (the
// tests time out, as nobody drives the loop).
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

const { F_OK, X_OK } = nodeFs.constants;
const FILES = ['plain', 'program', 'nobody', 'link', 'dangling', 'missing', 'plain/x', ''];
const FILE_MODES = [0, 1, 2, 3, 4, 5, 6, 7, undefined];

let folder: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-access-'));
  nodeFs.writeFileSync(join(folder, 'plain'), '', { mode: 0o644 });
  nodeFs.writeFileSync(join(folder, 'program'), '', { mode: 0o755 });
  nodeFs.writeFileSync(join(folder, 'nobody'), '', { mode: 0 });
  nodeFs.symlinkSync('program', join(folder, 'link'));
  nodeFs.symlinkSync('missing', join(folder, 'dangling'));
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => loop.close());

/** What came of a request: 'allowed', or what tells its error. */
async function told(request: Promise<void>) {
  try {
    expect(await request).toBeUndefined();
    return 'allowed';
  } catch (error) {
    const { code, errno, syscall, path } = error as NodeJS.ErrnoException;
    return { code, errno, syscall, path };
  }
}

describe.each(MODES)('loop.fs.access, %s', (mode) => {
  it.each(FILES)('says of “%s” what Node says, in every mode', async (name) => {
    const path = join(folder, name);
    const ours = FILE_MODES.map((wanted) => told(loop.fs.access(path, wanted)));
    const nodes = FILE_MODES.map((wanted) => told(nodeFs.promises.access(path, wanted)));
    expect(await loop.outcome(mode, Promise.all(ours))).toEqual(await Promise.all(nodes));
  });

  it('allows, refuses and does not find', async () => {
    const at = (name: string) => join(folder, name);
    const requests = [
      loop.fs.access(at('plain')),
      loop.fs.access(at('program'), X_OK),
      // Not even root may run what nobody may.
      loop.fs.access(at('plain'), X_OK),
      loop.fs.access(at('dangling'), F_OK),
    ].map(told);
    expect(await loop.outcome(mode, Promise.all(requests))).toMatchObject([
      'allowed',
      'allowed',
      { code: 'EACCES', syscall: 'access', path: at('plain') },
      { code: 'ENOENT', syscall: 'access', path: at('dangling') },
    ]);
  });

  it('has copied the path when it returns', async () => {
    const path = new Uint8Array(Buffer.from(join(folder, 'plain')));
    const request = loop.fs.access(path);
    structuredClone(path, { transfer: [path.buffer] });
    expect(await told(loop.outcome(mode, request))).toBe('allowed');
  });
});

it.each([-1, 8, 1.5, 2 ** 32])('%d is out of range for a mode', async (mode) => {
  const wrong = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
  await expect(loop.fs.access('/', mode)).rejects.toMatchObject(wrong);
  expect(loop.alive).toBe(false);
});
