// native/sources.json is the one list of what is compiled for which system: every file of
// native/ stands in it once, a system takes whole lists, and node-gyp, CMake and the cross
// builds read it, each in its own way. A file that no list has would be missed by the host
// only, as an export that is not there.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, root } from './support.js';

const { systems, lists } = JSON.parse(readText('native/sources.json')) as {
  systems: Record<string, string[]>;
  lists: Record<string, string[]>;
};
const { sourcesOf } = createRequire(import.meta.url)(join(root, 'native/sources.cjs')) as {
  sourcesOf(system: string): string[];
};
const listed = Object.values(lists).flat();
const hasCmake = spawnSync('cmake', ['--version']).error === undefined;

function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function filesBelow(folder: string, isWanted: (name: string) => boolean): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter(isWanted).sort();
}

test('every source of native/ is in one list, once', () => {
  const sources = filesBelow('native', (name) => /\.(cc|txt)$/.test(name));
  expect(sources.length).toBeGreaterThan(40);
  expect([...listed].sort()).toEqual(sources);
});

test('the lists are sorted, and every one is taken by a system', () => {
  for (const list of Object.values(lists)) expect(list).toEqual([...list].sort());
  expect(Object.keys(lists).sort()).toEqual([...new Set(Object.values(systems).flat())].sort());
});

test.each(Object.keys(systems))('%s takes no list twice and knows each', (system) => {
  const files = sourcesOf(system);
  expect(files).toContain('native/core/addon.cc');
  expect(new Set(files).size).toBe(files.length);
  // The objects of constants lie in one folder, by their families' names.
  const families = files.filter((file) => file.endsWith('.txt')).map((file) => basename(file));
  expect(new Set(families).size).toBe(families.length);
});

test('a system or a list that is not there is an error', () => {
  expect(() => sourcesOf('plan9')).toThrow("no system 'plan9'");
});

test('binding.gyp asks for every system, and names no source itself', () => {
  const text = readText('binding.gyp').replace(/^\s*#.*$/gm, '');
  const asked = [...text.matchAll(/<!@\(node native\/sources\.cjs (\w+)\)/g)];
  expect(asked.map(([, system]) => system).sort()).toEqual(Object.keys(systems).sort());
  expect(text).not.toMatch(/native\/[\w/]+\.cc/);
});

test('CMakeLists.txt asks for every system but libkqueue, and names no source itself', () => {
  const text = readText('CMakeLists.txt').replace(/^\s*#.*$/gm, '');
  const asked = [...text.matchAll(/rawloop_sources\((\w+) \w+\)/g)].map(([, system]) => system);
  const wanted = Object.keys(systems).filter((system) => system !== 'linux_libkqueue');
  expect(asked.sort()).toEqual(wanted.sort());
  expect(text).not.toMatch(/native\/[\w/]+\.cc/);
});

test.skipIf(!hasCmake)('CMake reads the list as all others do', () => {
  const script = join(makeFolder(), 'read.cmake');
  const of = (system: string) =>
    `rawloop_sources(${system} FILES)\nmessage(STATUS "${system}=\${FILES}")\n`;
  const lines = Object.keys(systems).map(of).join('');
  const head = `cmake_minimum_required(VERSION 3.20)\ninclude(${root}/native/sources.cmake)\n`;
  writeFileSync(script, head + lines);
  const said = execFileSync('cmake', ['-P', script], { encoding: 'utf8' });
  const read = [...said.matchAll(/^-- (\w+)=(.*)$/gm)].map(([, system = '', files = '']) => [
    system,
    files.split(';'),
  ]);
  expect(Object.fromEntries(read)).toEqual(
    Object.fromEntries(Object.keys(systems).map((system) => [system, sourcesOf(system)])),
  );
});

test('the cross builds ask for systems of the list', async () => {
  const { targets } = (await import(join(root, 'scripts/cross/targets.mjs'))) as {
    targets: { os: string }[];
  };
  expect(targets.length).toBeGreaterThan(0);
  for (const { os } of targets) expect(sourcesOf(os)).toContain('native/core/addon.cc');
  expect(readText('scripts/cross/zig.mjs')).toContain('sourcesOf(');
});

/** The pool is being taken apart. */
const LATER = /^(pool\/pool|jobs\/stat)/;

test('header guards follow the path', () => {
  const headers = filesBelow('native', (name) => name.endsWith('.h') && !LATER.test(name));
  const guards = headers.map((name) => [
    name,
    /^#ifndef (\w+)\n#define \1$/m.exec(readText(join('native', name)))?.[1],
  ]);
  const wanted = headers.map((name) => [
    name,
    `RAWLOOP_${name.replace(/\.h$/, '').replaceAll(/\W/g, '_').toUpperCase()}_H_`,
  ]);
  expect(guards).toEqual(wanted);
});

// Each breaks the addon in one place, to show that the fuzzer tells: one whose place is gone shows nothing.
test('the fuzzer’s mutants apply to the sources', async () => {
  const { lostMutants } = (await import(join(root, 'scripts/fuzz/mutants.mjs'))) as {
    lostMutants(): string[];
  };
  expect(lostMutants()).toEqual([]);
});
