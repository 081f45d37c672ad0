// rawloop demo --trace and rawloop echo --trace, as a user calls them: the file is a
// sound trace, and each callback in it has a name.
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODELS } from '../../lib/cli/models.js';
import type { Trace, TraceEvent } from '../../lib/inspect/index.js';
import { problemsOf } from '../inspect/trace-format.js';
import { temporaryFolder } from '../support/folder.js';
import { rawloop } from './support.js';

/** The callbacks of a trace file, which must be sound. */
function callbacksIn(file: string): TraceEvent[] {
  const text = readFileSync(file, 'utf8');
  expect(problemsOf(text)).toEqual([]);
  const { traceEvents } = JSON.parse(text) as Trace;
  const row = traceEvents.find(({ args }) => args['name'] === 'callbacks')?.tid;
  return traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === row);
}

const namesOf = (events: TraceEvent[]) => new Set(events.map(({ name }) => name));

describe('rawloop demo --trace', () => {
  const demo = (...args: string[]) =>
    rawloop('demo', '--connections', '3', '--seconds', '0.1', ...args).ended;

  it('writes a sound trace of the loop server, in which each callback has a name', async () => {
    const file = join(temporaryFolder(), 'loop.json');
    const { code, stdout, stderr } = await demo('--models', 'guest,loop', '--trace', file);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rawloop:')]);
    expect(stdout).toContain(`What loop did last is in ${file}`);
    const callbacks = callbacksIn(file);
    // How many depends on what else the machine does in that tenth of a second.
    expect(callbacks).not.toEqual([]);
    for (const { name, cat, args } of callbacks) {
      expect(name).toMatch(/^\w+ \w/);
      expect(args['phase']).toBe(cat);
    }
    const names = namesOf(callbacks);
    for (const name of ['Socket data', 'Socket close']) expect(names).toContain(name);
    const data = callbacks.find(({ name }) => name === 'Socket data');
    expect(data?.args['handle']).toMatch(/^Socket of Server 127\.0\.0\.1:\d+$/);
  });

  it('records guest where there is no loop', async () => {
    const file = join(temporaryFolder(), 'guest.json');
    const { code, stdout } = await demo('--models', 'net,guest', '--trace', file, '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { notes: string[] }).notes.join()).toContain('What guest did');
    expect(namesOf(callbacksIn(file))).toContain('Socket data');
  });

  it('needs a model with a loop, and a file that can be written', async () => {
    const file = join(temporaryFolder(), 'none', 'loop.json');
    const models = await demo('--models', 'net,threads', '--trace', file);
    expect(models).toMatchObject({ code: 2, stdout: '' });
    expect(models.stderr).toContain('--trace needs loop or guest among the --models');
    const folder = await demo('--models', 'loop', '--trace', file);
    expect(folder).toMatchObject({ code: 1, stdout: '' });
    expect(folder.stderr).toContain('ENOENT');
    expect(existsSync(file)).toBe(false);
  });
});

describe('rawloop echo --trace', () => {
  it.each(['loop', 'guest'])('writes what %s did when a signal ends it', async (model) => {
    const file = join(temporaryFolder(), 'echo.json');
    const run = rawloop('echo', '--model', model, '--trace', file);
    await run.said(/listening on .*:\d+\n/);
    const port = Number(/:(\d+)\n/.exec(run.stdout)?.[1]);
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write('ping'));
      // Its end has come back: so the server has heard of it.
      socket.on('error', reject).on('data', () => socket.end());
      socket.on('close', () => resolve());
    });
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
    expect(namesOf(callbacksIn(file))).toEqual(
      new Set(['Server open', 'Socket data', 'Socket end', 'Socket close', ...signalOf(model)]),
    );
  });

  const signalOf = (model: string) =>
    model === 'loop' ? [expect.stringMatching(/SIGTERM/), 'Signals read'] : [];

  it.each(MODELS.filter((model) => model === 'threads' || model === 'net'))(
    'refuses %s, which has no loop to record',
    async (model) => {
      const file = join(temporaryFolder(), 'echo.json');
      const { code, stderr } = await rawloop('echo', '--model', model, '--trace', file).ended;
      expect([code, existsSync(file)]).toEqual([2, false]);
      expect(stderr).toContain(`--trace needs --model loop or guest, not '${model}'`);
    },
  );
});
