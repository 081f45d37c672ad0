// What an editor shows: each public export, and each member of it, has a doc comment in the
// published types; and nothing that is marked @internal in the sources is among them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support.js';

interface Member {
  name: string;
  documented: boolean;
}

interface Declaration extends Member {
  bases: string[];
  members: Member[];
}

const NOTHING: Declaration = { name: '', documented: false, bases: [], members: [] };
const DECLARATION =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/;
const MEMBER = /^ {4}(?:(?:readonly|static|abstract|protected|get|set) )*(\[?[\w.]+\]?)\??[(:<]/;

/** The declarations of a text that the compiler has laid out: one begins at a line's start. */
function declarationsOf(text: string): Declaration[] {
  const found: Declaration[] = [];
  let documented = false;
  for (const line of text.split('\n')) {
    if (/^ *\/\*\*|^ +\*/.test(line)) {
      documented ||= line.includes('*/');
      continue;
    }
    const name = DECLARATION.exec(line)?.[1];
    const member = MEMBER.exec(line)?.[1];
    const current = found.at(-1);
    if (name !== undefined) {
      const [, bases = ''] = /(?:extends|implements) ([^{]+) \{/.exec(line) ?? [];
      const names = bases.match(/\b[A-Z]\w+/g) ?? [];
      const before = current?.name === name && current.documented;
      found.push({ name, documented: documented || before, bases: names, members: [] });
    } else if (member !== undefined && current !== undefined) {
      const before = current.members.find((each) => each.name === member);
      // Of overloads, and of a getter and its setter, one is enough.
      if (before !== undefined) before.documented ||= documented;
      else if (member !== 'constructor') current.members.push({ name: member, documented });
    }
    documented = false;
  }
  return found;
}

const types = join(root, 'dist/types');
const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.d.ts') && !/^cli\/|families|seldom/.test(name),
);
const all = new Map(
  files
    .flatMap((name) => declarationsOf(readFileSync(join(types, name), 'utf8')))
    .map((declaration) => [declaration.name, declaration]),
);

/** The names that an entry point exports. */
function exportsOf(file: string): string[] {
  const text = readFileSync(join(types, file), 'utf8');
  const lists = [...text.matchAll(/export (?:type )?\{([^}]+)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.replace(/^\s*(type )?/, '').trim()),
  );
  const stars = [...text.matchAll(/export \* from '\.\/(\w+)\.js'/g)].flatMap(([, name]) => {
    const path = join(types, file, '..', `${name}.d.ts`);
    return declarationsOf(readFileSync(path, 'utf8')).map((declaration) => declaration.name);
  });
  return [...lists, ...stars];
}

/** What is public, with the classes and interfaces that it is made of. */
function publicDeclarations(): Declaration[] {
  const found = new Map<string, Declaration>();
  const take = (name: string) => {
    const declaration = all.get(name);
    if (declaration === undefined || found.has(name)) return;
    found.set(name, declaration);
    for (const base of declaration.bases) take(base);
  };
  for (const file of [
    'faces/index.d.ts',
    'raw/index.d.ts',
    'inspect/index.d.ts',
    'node/index.d.ts',
  ]) {
    for (const name of exportsOf(file)) take(name);
  }
  return [...found.values()];
}

describe('what an editor shows', () => {
  const shown = publicDeclarations();

  test('the public declarations are found', () => {
    const names = shown.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Socket', 'Handle', 'Scheduler', 'recv']));
    expect(shown.flatMap(({ members }) => members).length).toBeGreaterThan(200);
  });

  test('every export has a doc comment', () => {
    expect(shown.filter(({ documented }) => !documented).map(({ name }) => name)).toEqual([]);
  });

  test('every member has a doc comment', () => {
    // A comment of the class or interface that has it first is shown as well.
    const isDocumented = ({ bases, members }: Declaration, member: string): boolean =>
      members.some(({ name, documented }) => name === member && documented) ||
      bases.some((base) => isDocumented(all.get(base) ?? NOTHING, member));
    const bare = shown.flatMap((declaration) =>
      declaration.members
        .filter(({ name }) => !isDocumented(declaration, name))
        .map(({ name }) => `${declaration.name}.${name}`),
    );
    expect(bare).toEqual([]);
  });
});

/** Members that a source marks @internal: `class.member`. */
function internalMembers(text: string): string[] {
  const found: string[] = [];
  let current = '';
  const parts = text.matchAll(
    /^export (?:abstract )?(?:class|interface) (\w+)|^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*([^\n]*)/gm,
  );
  for (const [, name, comment, line] of parts) {
    if (name !== undefined) current = name;
    else if (comment?.includes('@internal')) {
      const words = /^(?:(?:override|readonly|static|abstract|protected|declare|get|set) )*(\w+)/;
      const member = words.exec(line ?? '')?.[1];
      if (member !== undefined && member !== 'constructor') found.push(`${current}.${member}`);
    }
  }
  return found;
}

// Trap 50: the compiler takes @internal members out, and leaves `implements` as it is.
test('no class in the types says what it implements', () => {
  const recorder = readFileSync(join(root, 'lib/inspect/flight-recorder.ts'), 'utf8');
  expect(recorder).toContain('class FlightRecorder implements ');
  const saying = files.filter((name) =>
    / implements .*\{$/m.test(readFileSync(join(types, name), 'utf8')),
  );
  expect(saying).toEqual([]);
});

test('no member that is marked @internal is in the types', () => {
  const sources = files.map((name) => join(root, 'lib', name.replace('.d.ts', '.ts')));
  const internal = sources.flatMap((file) => internalMembers(readFileSync(file, 'utf8')));
  expect(internal).toEqual(
    expect.arrayContaining(['HandleDescriptor.slot', 'Timer.slot', 'HandleDescriptor.flags']),
  );
  const published = [...all.values()].flatMap(({ name, members }) =>
    members.map((member) => `${name}.${member.name}`),
  );
  expect(internal.filter((name) => published.includes(name))).toEqual([]);
});
