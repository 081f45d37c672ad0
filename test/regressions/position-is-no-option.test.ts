// `pread` and `pwrite` take their position, then options. What has another form was taken for no
// options at all: `pread(fd, buffer, 0, 100, 7)`, the arguments of `read` and of raw.pread, read all of
// the memory at 0, and no position at all moved where the file stands.
//
// Without `placed` in lib/pool/fs/transfers.ts ({ ...options, position } in its place) they resolve.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestLoop } from '../pool/support.js';
import { temporaryFolder } from '../support/folder.js';

type Call = (...args: unknown[]) => Promise<unknown>;

let loop: TestLoop;
let path: string;
let fd: number;

beforeEach(() => {
  loop = new TestLoop({ size: 1 }, true);
  loop.attach();
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, '0123456789');
  fd = nodeFs.openSync(path, 'r+');
});
afterEach(() => {
  loop.close();
  nodeFs.closeSync(fd);
});

it.each(['pread', 'pwrite'] as const)('%s refuses what is none of its forms', async (name) => {
  const call = loop.fs[name].bind(loop.fs) as Call;
  const memory = Buffer.from('ab');
  const coded = (code: string) => expect.objectContaining({ code });
  for (const position of [undefined, null, '0', {}]) {
    await expect(call(fd, memory, position)).rejects.toEqual(coded('ERR_INVALID_ARG_TYPE'));
  }
  for (const position of [-1, -1n, 0.5, 2 ** 53, 2n ** 63n]) {
    await expect(call(fd, memory, position)).rejects.toEqual(coded('ERR_OUT_OF_RANGE'));
  }
  for (const options of [2, null, 'utf8', []]) {
    await expect(call(fd, memory, 0, options, 7)).rejects.toEqual(coded('ERR_INVALID_ARG_TYPE'));
  }
  const again = call(fd, memory, 0, { position: 7 });
  await expect(again).rejects.toEqual(coded('ERR_INVALID_ARG_VALUE'));
  expect([nodeFs.readFileSync(path, 'utf8'), String(memory)]).toEqual(['0123456789', 'ab']);
  expect(nodeFs.readFileSync(fd, 'utf8')).toBe('0123456789');
});

it('they take a part of memory, and no thread or one', async () => {
  const memory = Buffer.from('abcd');
  const options = { offset: 1, length: 2, inline: false };
  await loop.fs.pwrite(fd, memory, 3n, options);
  await loop.fs.pwrite(fd, 'text', 6);
  expect(nodeFs.readFileSync(path, 'utf8')).toBe('012bc5text');
  const { bytesRead } = await loop.fs.pread(fd, memory, 6, options);
  expect([bytesRead, String(memory)]).toEqual([2, 'ated']);
  expect(nodeFs.readFileSync(fd, 'utf8')).toBe('012bc5text');
});
