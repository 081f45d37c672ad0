// The public CI cannot run here. What can be known of its file without running it:
// it parses, and everything it names is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from './support.js';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  'runs-on': string;
  'timeout-minutes': number;
  needs?: string | string[];
  steps: Step[];
}

const text = readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8');
const { jobs } = parse(text) as { jobs: Record<string, Job> };
const steps = Object.values(jobs).flatMap((job) => job.steps);
const commands = steps.flatMap((step) => [step.run, step.with?.['run']]).join('\n');

test('each job says where it runs and how long it may', () => {
  for (const [name, job] of Object.entries(jobs)) {
    expect(job['runs-on'], name).toEqual(expect.any(String));
    expect(job['timeout-minutes'], name).toBeGreaterThan(0);
    expect(job.steps.length, name).toBeGreaterThan(0);
  }
});

test('what a job needs is a job', () => {
  const needed = Object.values(jobs).flatMap(({ needs = [] }) => needs);
  expect(needed).not.toEqual([]);
  expect(needed.filter((name) => !(name in jobs))).toEqual([]);
});

test('a step is an action of a major version or a command', () => {
  for (const { uses, run } of steps) {
    expect([uses, run].filter((part) => part !== undefined).length).toBe(1);
    if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  }
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
    .filter((file) => file !== 'test/runtimes/');
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const there = readdirSync(join(root, 'test/runtimes'))
    .filter((name) => !['runner.cjs', 'support.cjs'].includes(name))
    .map((name) => name.replace('.cjs', ''));
  for (const [, list = ''] of commands.matchAll(/for suite in ([^;]+);/g)) {
    expect(list.split(' ').filter((name) => !there.includes(name))).toEqual([]);
  }
});

test('the release publishes with provenance, and may ask for a token', () => {
  const release = jobs['release'] as Job & { permissions: Record<string, string> };
  expect(release.permissions['id-token']).toBe('write');
  expect(
    release.steps.some(({ run }) => run?.includes('npm publish') && run.includes('--provenance')),
  ).toBe(true);
});
