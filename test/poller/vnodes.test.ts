// Waiting for what happens to files and folders, where a poller can: kqueue. Without the look at
// VNODE (Examine of native/poll/kqueue_poller.cc) a file is refused as always ready.
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { createPoller, Interest, Ready, ReadyList } from '../../lib/poller/index.js';
import { temporaryFolder } from '../support/folder.js';
import { usedBackend } from '../support/libkqueue.js';

const INTEREST = Interest.VNODE | Interest.EDGE;

it.skipIf(usedBackend === 'kqueue')('is refused where there is none', () => {
  const poller = createPoller();
  expect(poller.supports.vnodes).toBe(false);
  expect(() => poller.add(0, INTEREST, 1)).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
  poller.close();
  expect(native.openVnode(-1, Buffer.from('/'), 0, new BigUint64Array(5))).toBeLessThan(0);
  expect([native.listVnode(0), native.descriptorLimit()].every((each) => Number(each) < 0)).toBe(
    true,
  );
});

it.runIf(usedBackend === 'kqueue')('tells what happened, once for all of it', () => {
  const poller = createPoller();
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, 'x');
  const facts = new BigUint64Array(5);
  const fd = native.openVnode(-1, Buffer.from(file), 0, facts);
  const { dev, ino, size, nlink } = statSync(file, { bigint: true });
  expect([...facts]).toEqual([dev, ino, size, nlink, 0n]);
  const top = native.openVnode(-1, Buffer.from(folder), 2, facts);
  expect([top > 0, facts[4], native.vnodeFacts(top, facts)]).toEqual([true, 1n, 0]);
  expect(native.openVnode(top, Buffer.from('none'), 0, facts)).toBeLessThan(0);
  expect(native.descriptorLimit()).toBeGreaterThan(fd);
  expect(Buffer.from(native.listVnode(top) as Uint8Array).includes('file')).toBe(true);
  const refusal = (interest: number) => () => poller.add(fd, interest, 9);
  expect(refusal(Interest.VNODE | Interest.READ)).toThrow('EPERM');
  expect(refusal(Interest.READ)).toThrow('EPERM');
  poller.add(fd, INTEREST, 1);
  poller.add(top, INTEREST, 2);
  const ready = new ReadyList(8);
  const told = () => {
    const found = new Map<number, number>();
    for (let i = 0, count = poller.wait(ready, 0); i < count; i++) {
      found.set(ready.token(i), ready.events(i));
    }
    return found;
  };
  expect(told().size).toBe(0);
  truncateSync(file, 0);
  expect((told().get(1) as number) & Ready.WRITTEN).not.toBe(0);
  mkdirSync(join(folder, 'made'));
  renameSync(file, `${file}2`);
  const both = told();
  expect((both.get(1) as number) & Ready.RENAMED).not.toBe(0);
  expect((both.get(2) as number) & Ready.WRITTEN).not.toBe(0);
  unlinkSync(`${file}2`);
  expect((told().get(1) as number) & Ready.DELETED).not.toBe(0);
  const pipe = openSync('/dev/null', 'r');
  expect(() => poller.add(pipe, INTEREST, 3)).toThrow('EINVAL');
  closeSync(pipe);
  for (const each of [fd, top]) expect(poller.closeDescriptor(each)).toBe(0);
  poller.close();
});
