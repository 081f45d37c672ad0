// The public CI cannot run here. What can be known of its file without running it:
// it parses, everything it names is there, what it uses is pinned by digest, and nobody's
// code runs where a package can be published.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeFolder, root, run } from './support.js';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  'runs-on': string;
  'timeout-minutes': number;
  permissions?: Record<string, string>;
  environment?: string;
  container?: string;
  if?: string;
  needs?: string | string[];
  steps: Step[];
}

const ACTION = /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/;
const IMAGE = /^[\w.:/-]+@sha256:[0-9a-f]{64}$/;

const text = readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8');
const { jobs, permissions } = parse(text) as { jobs: Record<string, Job>; permissions: object };
const steps = Object.values(jobs).flatMap((job) => job.steps);
const commandsOf = (list: Step[]) => list.flatMap((step) => [step.run, step.with?.['run']]);
const commands = commandsOf(steps).join('\n');
const needsOf = (name: string) => [jobs[name]?.needs ?? []].flat();

/** A job and all that it waits for, and what that waits for. */
function upTo(name: string): Set<string> {
  return new Set([name, ...needsOf(name).flatMap((needed) => [...upTo(needed)])]);
}

/** The jobs whose work ends up in the package, or that have it in hands. */
const released = [...upTo('publish')].filter((name) =>
  [...upTo(name)].some((needed) => jobs[needed]?.if?.includes('refs/tags/v')),
);

test('each job says where it runs and how long it may', () => {
  for (const [name, job] of Object.entries(jobs)) {
    expect(job['runs-on'], name).toEqual(expect.any(String));
    expect(job['timeout-minutes'], name).toBeGreaterThan(0);
    expect(job.steps.length, name).toBeGreaterThan(0);
  }
});

test('what a job needs is a job', () => {
  const needed = Object.keys(jobs).flatMap(needsOf);
  expect(needed).not.toEqual([]);
  expect(needed.filter((name) => !(name in jobs))).toEqual([]);
});

describe('what it uses', () => {
  test('is an action by the digest of a commit, or a command', () => {
    for (const { uses, run } of steps) {
      expect([uses, run].filter((part) => part !== undefined).length).toBe(1);
      if (uses !== undefined) expect(uses).toMatch(ACTION);
    }
  });

  test('has its version beside it, one for each action', () => {
    const pins = [...text.matchAll(/uses: ([^\s@]+)@(.*)$/gm)].map(([, name = '', pin = '']) => ({
      name,
      pin,
    }));
    expect(pins.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const { name, pin } of pins) {
      expect(pin, name).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      expect(pins.filter((other) => other.name === name && other.pin !== pin)).toEqual([]);
    }
  });

  test('is an image by its digest', () => {
    const images = Object.values(jobs).flatMap(({ container }) => container ?? []);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(IMAGE);
  });
});

test('every script, program and suite that it runs is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
  expect(names).toContain('prebuild:cross');
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
  const files = [...commands.matchAll(/\b(?:examples|test)\/[\w/-]+(?:\.\w+)?/g)]
    .map(([file]) => file)
    .filter((file) => !['test/runtimes/', 'examples/echo-'].includes(file));
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  for (const name of ['echo-owned.cjs', 'echo-guest.mjs']) {
    expect(commands).toContain(`node ${name}`);
    expect(existsSync(join(root, 'examples', name))).toBe(true);
  }
  const there = readdirSync(join(root, 'test/runtimes'))
    .filter((name) => !['runner.cjs', 'support.cjs'].includes(name))
    .map((name) => name.replace('.cjs', ''));
  for (const [, list = ''] of commands.matchAll(/for suite in ([^;]+);/g)) {
    expect(list.split(' ').filter((name) => !there.includes(name))).toEqual([]);
  }
});

describe('what it may', () => {
  test('is nothing, unless a job asks; and a job reads, or publishes', () => {
    expect(permissions).toEqual({});
    for (const [name, job] of Object.entries(jobs)) {
      const asked = name === 'publish' ? { 'id-token': 'write' } : { contents: 'read' };
      expect(job.permissions, name).toEqual(asked);
    }
  });

  test('no checkout keeps its token for what comes after', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false);
  });

  test('no script of a dependency runs as it is installed', () => {
    const installs = commands.match(/npm (ci|install)\b.*/g) ?? [];
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });

  test('what comes from outside is no part of a command', () => {
    // Expressions are put into the text of a command before a shell reads it.
    const expressions = [...commands.matchAll(/\$\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name]) => name);
    for (const name of expressions) expect(name).toMatch(/^matrix\./);
  });
});

describe('the release', () => {
  const publish = jobs['publish'] as Job;
  const said = commandsOf(publish.steps).join('\n');

  test('comes after every other job', () => {
    expect([...upTo('publish')].sort()).toEqual(Object.keys(jobs).sort());
  });

  test('publishes with provenance, from an environment, and runs no script', () => {
    expect(said).toMatch(/npm publish "\.\/\$tarball" --provenance .*--ignore-scripts/);
    expect(publish.environment).toBe('npm');
  });

  test('checks nothing out and installs nothing where it may publish', () => {
    const actions = publish.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
    expect(actions).toEqual(['actions/setup-node', 'actions/download-artifact']);
    expect(said.match(/\bnp[mx] \w+/g)).toEqual(['npm publish']);
  });

  test('has a tag that is the version, when it is packed and when it is published', () => {
    for (const name of ['pack', 'publish']) {
      const lines = commandsOf(jobs[name]?.steps ?? []).join('\n');
      expect(lines, name).toMatch(/^test "v\$.*" = "\$GITHUB_REF_NAME"$/m);
    }
  });

  test('is packed with an addon for every target, or not at all', async () => {
    const file = 'scripts/cross/targets.mjs';
    const said = commandsOf(jobs['pack']?.steps ?? []).map(String);
    const [command = '', ...more] = said.filter((text) => text.includes(file));
    expect(more).toEqual([]);
    const { targets } = (await import(join(root, file))) as { targets: { path: string }[] };
    const paths = targets.map(({ path }) => path);
    expect(new Set(paths).size).toBe(targets.length);
    const checkout = makeFolder();
    for (const path of [...paths, file])
      mkdirSync(dirname(join(checkout, path)), { recursive: true });
    cpSync(join(root, file), join(checkout, file));
    for (const path of paths) writeFileSync(join(checkout, path), '');
    expect(run('sh', ['-c', command], checkout)).toMatchObject({ status: 0, stderr: '' });
    const last = paths.at(-1) ?? '';
    rmSync(join(checkout, last));
    const { status, stderr } = run('sh', ['-c', command], checkout);
    expect(status).toBe(1);
    expect(stderr).toContain(last);
  });

  test('takes nothing from a cache that other runs may have filled', () => {
    expect(released).toEqual(expect.arrayContaining(['prebuilds', 'pack', 'publish', 'load']));
    const setups = released
      .flatMap((name) => jobs[name]?.steps ?? [])
      .filter(({ uses }) => uses?.startsWith('actions/setup-node@'));
    expect(setups.length).toBeGreaterThan(2);
    for (const step of setups) {
      expect(step.with).toMatchObject({ 'package-manager-cache': false });
      expect(step.with).not.toHaveProperty('cache');
    }
  });
});

test('the other files of the forge parse, and ask for something', () => {
  const folder = join(root, '.github/ISSUE_TEMPLATE');
  const forms = readdirSync(folder).filter((name) => name !== 'config.yml');
  expect(forms.sort()).toEqual(['bug.yml', 'feature.yml', 'question.yml']);
  for (const name of forms) {
    const form = parse(readFileSync(join(folder, name), 'utf8')) as {
      name: string;
      body: object[];
    };
    expect(form.name, name).toEqual(expect.any(String));
    expect(form.body.length, name).toBeGreaterThan(1);
  }
  for (const name of ['ISSUE_TEMPLATE/config.yml', 'dependabot.yml']) {
    expect(parse(readFileSync(join(root, '.github', name), 'utf8'))).toEqual(expect.any(Object));
  }
});
