// The published types, checked by the project's compiler in a project of their own: each way
// in which TypeScript resolves a package finds them, and they are not `any`. The libraries
// are checked too (no skipLibCheck). `npm run test:types` has older compilers.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, root } from './support.js';

interface Case {
  name: string;
  until?: number;
}
const { cases, compile, linkNodeTypes } = (await import(
  join(root, 'scripts/types/compile.mjs')
)) as {
  cases: Case[];
  compile(tsc: string, project: string, each: Case, version: string): Promise<string>;
  linkNodeTypes(project: string): void;
};
const { version } = (await import('typescript/package.json', { with: { type: 'json' } })) as {
  version: string;
};

const { project } = makeProject();
linkNodeTypes(project);
const mine = cases.filter(({ until = Number.MAX_VALUE }) => Number.parseInt(version, 10) < until);

test.each(mine.map((each) => [each.name, each] as const))(
  'a program compiles under %s',
  async (_name, each) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await compile(tsc, project, each, version)).toBe('');
  },
);
