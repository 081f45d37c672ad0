// The published types, checked by the project's compiler in a project of their own: each way
// in which TypeScript resolves a package finds them, and they are not `any`. The libraries
// are checked too (no skipLibCheck). `npm run test:types` has older compilers.
//
// The last test is of what the project's compiler no longer does: `moduleResolution: node` takes the
// folder compat/NAME for `rawloop/compat/NAME`. Without `types` in its package.json that led to its
// own index.d.ts, which names itself, and nothing was exported; the test fails then.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, root } from './support.js';

interface Case {
  name: string;
  until?: number;
}
const { cases, compile, linkNodeTypes, placeOverrides } = (await import(
  join(root, 'scripts/types/compile.mjs')
)) as {
  cases: Case[];
  compile(tsc: string, project: string, each: Case, version: string): Promise<string>;
  linkNodeTypes(project: string): void;
  placeOverrides(project: string): void;
};
const { version } = (await import('typescript/package.json', { with: { type: 'json' } })) as {
  version: string;
};

const { project, packageFolder } = makeProject();
linkNodeTypes(project);
placeOverrides(project);
const mine = cases.filter(({ until = Number.MAX_VALUE }) => Number.parseInt(version, 10) < until);

test.each(mine.map((each) => [each.name, each] as const))(
  'a program compiles under %s',
  async (_name, each) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await compile(tsc, project, each, version)).toBe('');
  },
);

test.each(readdirSync(join(packageFolder, 'compat')))('compat/%s leads to its types', (name) => {
  const folder = join(packageFolder, 'compat', name);
  const { types } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  expect(join(folder, types)).toBe(join(packageFolder, 'dist/compat', `${name}.d.cts`));
  expect(existsSync(join(folder, types))).toBe(true);
});
