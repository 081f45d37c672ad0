// The processes of rawloop demo: none outlives it, and the end of one is its end.
import { afterEach, describe, expect, it } from 'vitest';
import { aliveOf, childrenOf, hasProc, type Run, rawloop, untilGone } from '../../support.js';

const LONG = ['--connections', '20', '--seconds', '60'];
const MODELS = ['loop', 'guest', 'threads', 'net'];

let running: Run | undefined;

afterEach(() => {
  running?.child.kill('SIGKILL');
});

/** Sends a signal to a process that may have ended meanwhile: its partner may have. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A demo in the middle of its measurement. */
async function startDemo(models = ['loop', 'net']) {
  running = rawloop('demo', ...LONG, '--models', models.join(','));
  await running.said(/servers are up/);
  const pid = running.child.pid as number;
  return { demo: running, pid, children: childrenOf(pid) };
}

describe.runIf(hasProc)('rawloop demo: its processes', () => {
  it('starts a server and a client for each model', async () => {
    const { children } = await startDemo(MODELS);
    const commands = children.map(({ command }) => command);
    for (const model of MODELS) {
      expect(commands.filter((command) => command.includes(`--model ${model}`))).toHaveLength(1);
    }
    expect(commands.filter((command) => command.includes('demo-client'))).toHaveLength(4);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops all of them at once, exit code %i', async (signal, expected) => {
    const { demo, children } = await startDemo([signal === 'SIGINT' ? 'threads' : 'loop']);
    demo.child.kill(signal);
    const { code, stdout, stderr } = await demo.ended;
    expect(code).toBe(expected);
    expect(aliveOf(children)).toEqual([]);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('rawloop:');
  });

  it('takes Ctrl-C as such although the terminal sends it to the children first', async () => {
    const { demo, children } = await startDemo();
    // It hears of their ends and of its own signal at once, whatever holds this process up.
    demo.child.kill('SIGSTOP');
    for (const { pid } of children) sendSignal(pid, 'SIGINT');
    demo.child.kill('SIGINT');
    demo.child.kill('SIGCONT');
    const { code, stderr } = await demo.ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain('rawloop:');
  });

  it('leaves none behind when it is killed itself', async () => {
    const { demo, children } = await startDemo();
    expect(children).toHaveLength(4);
    demo.child.kill('SIGKILL');
    await untilGone(children);
  });

  it.each(['loop', 'net'])('reports the end of the %s server, exit code 1', async (model) => {
    const { demo, children } = await startDemo([model]);
    const server = children.find(({ command }) => command.includes(`--model ${model}`));
    process.kill(server?.pid as number, 'SIGKILL');
    const { code, stderr } = await demo.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`rawloop: the ${model} server was killed by SIGKILL`);
    expect(aliveOf(children)).toEqual([]);
  });

  it('reports the end of a client, exit code 1', async () => {
    const { demo, children } = await startDemo();
    for (const { pid } of children.filter(({ command }) => command.includes('demo-client'))) {
      sendSignal(pid, 'SIGTERM');
    }
    const { code, stderr } = await demo.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/rawloop: the client of \w+ was killed by SIGTERM/);
    expect(aliveOf(children)).toEqual([]);
  });
});
