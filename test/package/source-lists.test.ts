// binding.gyp and CMakeLists.txt build the same addon: their source lists agree,
// name by name and in the same order, and leave no file of native/ out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support.js';

type Lists = Record<string, string[]>;

function readLists(file: string, list: RegExp, name: RegExp): Lists {
  const text = readFileSync(join(root, file), 'utf8').replace(/^\s*#.*$/gm, '');
  const lists: Lists = {};
  for (const [, key = '', body = ''] of text.matchAll(list)) {
    lists[key.toLowerCase()] = [...body.matchAll(name)].map(([match]) => match);
  }
  return lists;
}

const SOURCE = /native\/[\w./-]+\.cc/g;
const gyp = readLists('binding.gyp', /"(\w+_sources)": \[([^\]]*)\]/g, SOURCE);
const cmake = readLists('CMakeLists.txt', /set\((\w+_SOURCES)\s([^)]*)\)/g, SOURCE);
// What CMake chooses from the backends' lists is no list of its own.
delete cmake['backend_sources'];

test('both build files have a common list and a list for each backend', () => {
  expect(Object.keys(gyp)).toContain('common_sources');
  expect(Object.keys(gyp)).toContain('epoll_sources');
  expect(Object.keys(cmake).sort()).toEqual(Object.keys(gyp).sort());
});

test.each(Object.keys(gyp))('%s is the same in both', (name) => {
  expect(gyp[name]).not.toEqual([]);
  expect(cmake[name]).toEqual(gyp[name]);
});

test('every source of native/ is listed, and none twice in one list', () => {
  const sources = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cc'))
    .map((name) => `native/${name}`);
  const listed = Object.values(gyp).flat();
  expect([...new Set(listed)].sort()).toEqual(sources.sort());
  for (const list of Object.values(gyp)) expect(new Set(list).size).toBe(list.length);
});

test('a backend is chosen by list: each is named in a condition of both files', () => {
  const uses = (file: string, pattern: (name: string) => RegExp) => {
    const text = readFileSync(join(root, file), 'utf8');
    return Object.keys(gyp).filter((name) => !pattern(name).test(text));
  };
  expect(uses('binding.gyp', (name) => new RegExp(`"<@\\(${name}\\)"`))).toEqual([]);
  expect(uses('CMakeLists.txt', (name) => new RegExp(`\\$\\{${name}\\}`, 'i'))).toEqual([]);
});
