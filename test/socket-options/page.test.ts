// docs/socket-options.md has every name of the table and none else, each with what an editor
// shows of it: the comments of lib/socket-options/values*.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NAMES, TABLE } from '../../lib/socket-options/table.js';
import { root } from '../package/support.js';

const page = readFileSync(join(root, 'docs/socket-options.md'), 'utf8');
const FILES = ['values-socket', 'values-tcp', 'values-ip', 'values'];

/** Each option's row, made of its comment and its type. */
function rowsOf(file: string): Map<string, string> {
  const text = readFileSync(join(root, `lib/socket-options/${file}.ts`), 'utf8');
  const members = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+([A-Z]\w+): ([^;]+);/g);
  return new Map(
    [...members].map(([, comment = '', name = '', type = '']) => {
      const said = comment.replace(/\s*\n\s*\* ?/g, ' ').trim();
      return [
        name,
        `| \`${name}\` | \`${type.replace(' | ', ' or ').replace('readonly ', '')}\` | ${said} |`,
      ];
    }),
  );
}

const rows = new Map(FILES.flatMap((file) => [...rowsOf(file)]));
const inPage = [...page.matchAll(/^\| `(\w+)` \|.*$/gm)];

it('has every option, and none else', () => {
  expect(inPage.map(([, name]) => name).sort()).toEqual([...NAMES].sort());
});

it('says of each what an editor shows', () => {
  expect(rows.size).toBe(NAMES.length);
  expect(inPage.map(([row]) => row)).toEqual(inPage.map(([, name = '']) => rows.get(name)));
});

it('says which are only read, and which are only set', () => {
  const below = (heading: string) => {
    const [, part = ''] = page.split(`## ${heading}\n`);
    const [section = ''] = part.split(/^## /m);
    return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort();
  };
  const without = (half: 'reading' | 'setting') =>
    NAMES.filter((name) => TABLE[name][half] === undefined).sort();
  expect(below('Read only')).toEqual(without('setting'));
  expect(below('Set only')).toEqual(without('reading'));
});

it('says of Linux what has no number elsewhere, by the table', () => {
  const linuxOnly = NAMES.filter((name) => TABLE[name].linuxOnly === true);
  expect(linuxOnly.filter((name) => !/Linux/.test(rows.get(name) ?? ''))).toEqual([]);
  const privileged = NAMES.filter((name) => TABLE[name].needs !== undefined);
  expect(privileged.filter((name) => !/needs CAP_NET_ADMIN/i.test(rows.get(name) ?? ''))).toEqual([
    'IPV6_TRANSPARENT',
  ]);
});
