// Arguments that are none are refused before anything is opened or started.
import { expect, it } from 'vitest';
import type { SpawnOptions } from '../../lib/spawn/options.js';
import { thrownBy } from '../loop/support.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { childrenOf, guardChildren } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

const OPTIONS: [name: string, options: unknown, code: string][] = [
  ['no object', 5, TYPE],
  ['cwd', { cwd: 5 }, TYPE],
  ['an empty cwd', { cwd: '' }, VALUE],
  ['cwd with a NUL', { cwd: '/\0' }, VALUE],
  ['env', { env: 'A=1' }, TYPE],
  ['env as an array', { env: ['A=1'] }, TYPE],
  ['no env', { env: null }, TYPE],
  ['a number in env', { env: { A: 1 } }, TYPE],
  ['a NUL in env', { env: { A: '\0' } }, VALUE],
  ['a name in env that would be another', { env: { 'A=B': '1' } }, VALUE],
  ['argv0', { argv0: 1 }, TYPE],
  ['uid', { uid: -1 }, RANGE],
  ['a name as gid', { gid: 'root' }, TYPE],
  ['groups', { groups: [1.5] }, RANGE],
  ['no list of groups', { groups: 5 }, TYPE],
  ['detached', { detached: 1 }, TYPE],
  ['newSession', { newSession: 'yes' }, TYPE],
  ['processGroup', { processGroup: -1 }, RANGE],
  ['a group for who leads a session', { processGroup: 0, detached: true }, VALUE],
  ['controllingTerminal', { controllingTerminal: {} }, TYPE],
  ['no controllingTerminal', { controllingTerminal: null }, TYPE],
  ['its path', { controllingTerminal: '' }, VALUE],
  ['its descriptor', { controllingTerminal: -1 }, RANGE],
  ['umask', { umask: 0o1000 }, RANGE],
  ['priority', { priority: 20 }, RANGE],
  ['resourceLimits', { resourceLimits: 5 }, TYPE],
  ['a limit', { resourceLimits: { RLIMIT_CPU: -1 } }, RANGE],
  ['half a limit', { resourceLimits: { RLIMIT_CPU: { soft: 1 } } }, TYPE],
  [
    'a soft limit above the hard one',
    { resourceLimits: { RLIMIT_CPU: { soft: 2, hard: 1 } } },
    VALUE,
  ],
  ['killSignal', { killSignal: 'SIGFOO' }, VALUE],
  ['no killSignal', { killSignal: true }, TYPE],
  ['a killSignal that only asks', { killSignal: 0 }, RANGE],
  // Without its guard it was accepted, and what was to be ended by it ran on.
  ['a killSignal that no system has', { killSignal: 127 }, RANGE],
  ['timeoutMs', { timeoutMs: 0 }, RANGE],
  ['signal', { signal: {} }, TYPE],
  ['highWaterMark', { highWaterMark: -1 }, RANGE],
  ['stdio', { stdio: 5 }, TYPE],
  ['a word for stdio', { stdio: 'tty' }, VALUE],
  ['a word for one descriptor', { stdio: ['pipe', 'pype'] }, VALUE],
  ['a descriptor', { stdio: [-1] }, RANGE],
  ['one that is not open', { stdio: ['pipe', 2 ** 31 - 1] }, 'EBADF'],
  ['a stream in place of its descriptor', { stdio: [process.stdin] }, TYPE],
  ['more than a child can have', { stdio: new Array(2 ** 20) }, RANGE],
  ['a file without a path', { stdio: [{}] }, TYPE],
  ['no flags of a file', { stdio: [{ path: '/x', flags: true }] }, TYPE],
  ['flags of a file', { stdio: [{ path: '/x', flags: 'q' }] }, VALUE],
  ['mode of a file', { stdio: [{ path: '/x', mode: -1 }] }, RANGE],
];

it.each(OPTIONS)('%s', (_name, options, code) => {
  const before = countDescriptors();
  const call = () => test.loop.spawn('/bin/true', [], options as SpawnOptions);
  expect(thrownBy(call)).toMatchObject({ code });
  expect([countDescriptors(), childrenOf().size]).toEqual([before, 0]);
});

it('a program that has no name, arguments that are none, and handlers', () => {
  const { loop } = test;
  const codes = [
    () => loop.spawn(5 as never),
    () => loop.spawn(''),
    () => loop.spawn('a\0b'),
    () => loop.spawn('true', 'x' as never),
    () => loop.spawn('true', [5 as never]),
    () => loop.spawn('true', ['\0']),
    () => loop.spawn('true', [], {}, { exit: 5 as never }),
    () => loop.spawn('true', [], { signal: AbortSignal.abort() }),
  ].map((call) => (thrownBy(call) as { code?: string }).code);
  expect(codes).toEqual([TYPE, VALUE, VALUE, TYPE, TYPE, VALUE, TYPE, 'ABORT_ERR']);
  expect(childrenOf().size).toBe(0);
});

it('says which descriptor is not open', () => {
  const stdio = ['ignore', 'ignore', 'ignore', 2 ** 31 - 1] as const;
  expect(thrownBy(() => test.loop.spawn('true', [], { stdio }))).toMatchObject({
    code: 'EBADF',
    message: expect.stringMatching(/It is descriptor 2147483647, of options\.stdio\[3\]$/),
  });
});

it('what a child has to show cannot be written to', async () => {
  const child = test.loop.spawn('true');
  expect(thrownBy(() => (child.stdio as unknown[]).push(child))).toBeInstanceOf(TypeError);
  await drive(test.loop);
  expect(child.status?.code).toBe(0);
});
