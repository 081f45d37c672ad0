#!/usr/bin/env node
// What the README of examples/inside-out shows: `npm run lessons` runs each lesson that stands there
// with its command, and puts what it prints in the place of what it printed before. With numbers
// (`npm run lessons -- 09 12`) those alone. pm2, for lesson 16, comes from npm and is kept in .cache.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPm2 } from './lessons/pm2.mjs';
import { root } from './project.mjs';

const folder = join(root, 'examples/inside-out');
const page = join(folder, 'README.md');
const LIMIT_MS = 120_000;
/** A comment with the command, then the block. */
const BLOCK = /^<!-- node ((\d+)-\S+)([^\n]*) -->\n```text\n.*?^```$/gms;

const wanted = process.argv.slice(2);
const pm2 = wanted.length === 0 || wanted.includes('16') ? await findPm2() : undefined;

function printedBy(name, args) {
  const found = name.includes('pm2') ? ['--pm2', pm2] : [];
  const command = [join(folder, name), ...args.split(' ').filter(Boolean), ...found];
  const text = execFileSync(process.execPath, command, { encoding: 'utf8', timeout: LIMIT_MS });
  return text.trimEnd();
}

const before = readFileSync(page, 'utf8');
for (const [block, name, number, args] of before.matchAll(BLOCK)) {
  if (wanted.length > 0 && !wanted.includes(number)) continue;
  console.log(name);
  const now = `<!-- node ${name}${args} -->\n\`\`\`text\n${printedBy(name, args)}\n\`\`\``;
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(block, () => now),
  );
}
