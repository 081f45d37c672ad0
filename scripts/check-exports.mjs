#!/usr/bin/env node
// Every native export is typed, documented and tested, and nothing is typed that
// the addon lacks: compares the built addon with lib/binding/native/, lib/raw and
// test/. `node scripts/check-exports.mjs [addon]`; says what is missing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { root } from './project.mjs';

const addonPath = resolve(process.argv[2] ?? join(root, 'build/Release/rawloop.node'));
const addon = createRequire(import.meta.url)(addonPath);

/** The text of all TypeScript files below a folder. */
function sourcesIn(folder, isWanted = () => true) {
  const full = join(root, folder);
  if (!existsSync(full)) return '';
  const names = readdirSync(full, { recursive: true }).filter(
    (name) => name.endsWith('.ts') && isWanted(name),
  );
  return names.map((name) => readFileSync(join(full, name), 'utf8')).join('\n');
}

/** Interfaces by name: their bases and members, from text that Biome has formatted. */
function readInterfaces(text) {
  const found = new Map();
  const pattern = /^export interface (\w+)(?:\s+extends ([^{]+))? \{(?:\n(.*?)^)?\}/gms;
  for (const [, name, bases, body = ''] of text.matchAll(pattern)) {
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??([(:])/gm)];
    found.set(name, {
      bases: bases?.split(',').map((base) => base.trim()) ?? [],
      members: members.map(([, key, next]) => ({ key, method: next === '(' })),
    });
  }
  return found;
}

const interfaces = readInterfaces(sourcesIn('lib/binding'));

function membersOf(name) {
  const { bases, members } = interfaces.get(name) ?? { bases: [], members: [] };
  return [...bases.flatMap(membersOf), ...members];
}

const keysOf = (name) => membersOf(name).map(({ key }) => key);

const problems = [];

function compare(real, typed, prefix = '') {
  for (const name of real) {
    if (!typed.includes(name)) problems.push(`${prefix}${name}: in the addon, not typed`);
  }
  for (const name of typed) {
    if (!real.includes(name)) problems.push(`${prefix}${name}: typed, not in the addon`);
  }
}

/** Exports, and the methods of classes; properties may be those of an instance. */
function checkTypes() {
  compare(Object.keys(addon), keysOf('NativeBinding'));
  for (const [name, value] of Object.entries(addon)) {
    if (typeof value !== 'function' || !interfaces.has(name)) continue;
    const isMethod = (key) =>
      key !== 'constructor' &&
      typeof Object.getOwnPropertyDescriptor(value.prototype, key).value === 'function';
    const methods = membersOf(name).filter(({ method }) => method);
    compare(
      Object.getOwnPropertyNames(value.prototype).filter(isMethod),
      methods.map(({ key }) => key),
      `${name}.prototype.`,
    );
  }
}

function checkRawCalls() {
  const raw = sourcesIn('lib/raw');
  const tests = sourcesIn('test/raw');
  for (const name of keysOf('RawCalls')) {
    // The TSDoc block ends on the line above; it holds no other block.
    const declared = new RegExp(
      `/\\*\\*[^/]*(?:[^*]/[^/]*)*\\*/\\nexport (?:const|function) ${name}\\b`,
    );
    if (!declared.test(raw)) problems.push(`${name}: no documented export in lib/raw`);
    if (!new RegExp(`\\b${name}\\b`).test(tests)) problems.push(`${name}: not named in test/raw`);
  }
}

/** What is no raw call has a caller in lib/; its tests are those of the caller. */
function checkUse() {
  const lib = sourcesIn('lib', (name) => !name.startsWith('binding/'));
  const raw = new Set(keysOf('RawCalls'));
  for (const name of Object.keys(addon).filter((key) => !raw.has(key))) {
    if (!new RegExp(`\\b${name}\\b`).test(lib)) problems.push(`${name}: nothing in lib/ uses it`);
  }
}

checkTypes();
checkRawCalls();
checkUse();
for (const problem of problems) console.error(`check-exports: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`check-exports: ${Object.keys(addon).length} exports are typed, documented and tested`);
