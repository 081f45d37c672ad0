// The command line itself: what a command loads, and how it ends when it is called wrongly,
// interrupted, or when nobody reads what it prints. Each command's own options are tested
// beside it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MODELS } from '../../lib/cli/models.js';
import { temporaryFolder } from '../support/folder.js';
import { program, Run, rawloop, root } from './support.js';

const COMMANDS = ['compare', 'demo', 'echo'];

let running: Run | undefined;
afterEach(() => {
  running?.child.kill('SIGKILL');
});

describe('what is loaded', () => {
  /** A process that says as it ends which files it has loaded. */
  function start(...args: string[]): Run {
    const teller = join(temporaryFolder(), 'teller.cjs');
    const tell = `require('node:fs').writeSync(2, Object.keys(require.cache).join('\\n'))`;
    writeFileSync(teller, `process.on('exit', () => ${tell});`);
    return new Run(process.execPath, ['--require', teller, ...args]);
  }

  /** The source files that the built files are made of which a process has loaded. */
  async function sourcesOf({ ended }: Run): Promise<string[]> {
    const { stderr } = await ended;
    const maps = stderr.split('\n').map((file) => `${file}.map`);
    return maps.filter(existsSync).flatMap((map) => {
      const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
      return sources.map((source) => source.replace(/^.*\/lib\//, ''));
    });
  }

  it.each(['index', 'raw', 'inspect', 'node'])(
    'nothing of the command line by %s.cjs',
    async (name) => {
      const sources = await sourcesOf(start(join(root, `dist/${name}.cjs`)));
      expect(sources).toContain('raw/errors.ts');
      expect(sources.filter((source) => source.startsWith('cli/'))).toEqual([]);
    },
  );

  it('next to nothing by rawloop --help', async () => {
    const sources = await sourcesOf(start(program, '--help'));
    expect(sources.sort()).toEqual(['cli/main.ts', 'cli/usage.ts']);
  });

  it.each(COMMANDS)('neither addon nor loop by rawloop %s --help', async (command) => {
    const sources = await sourcesOf(start(program, command, '--help'));
    expect(sources).toContain('cli/models.ts');
    expect(sources.filter((source) => !source.startsWith('cli/'))).toEqual([]);
  });

  it.each(['loop', 'net'])('nothing that measures by rawloop echo --model %s', async (model) => {
    running = start(program, 'echo', '--model', model);
    await running.said(/listening/);
    running.child.kill('SIGTERM');
    const sources = await sourcesOf(running);
    expect(sources).toContain('cli/echo-models.ts');
    expect(sources.filter((source) => source.startsWith('cli/measure/'))).toEqual([]);
    expect(sources.filter((source) => /inspect\/(trace|flight)/.test(source))).toEqual([]);
  });

  it('no loop by what measures: that is in its servers and clients', async () => {
    const short = ['--connections', '1', '--models', 'net', '--seconds', '0.1'];
    const run = start(program, 'compare', ...short);
    const sources = await sourcesOf(run);
    expect(run.stdout).toContain('bytes came back');
    expect(sources).toContain('cli/measure/pair.ts');
    expect(sources.filter((source) => !source.startsWith('cli/'))).toEqual([]);
  });
});

describe('the help', () => {
  it('is on stdout when it was asked for, and on stderr when a command is missing', async () => {
    const asked = await rawloop('--help').ended;
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(await rawloop('help').ended).toEqual(asked);
    expect(await rawloop('-h').ended).toEqual(asked);
    expect(await rawloop().ended).toMatchObject({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each(COMMANDS)(
    'of %s is the same by help, --help and -h, whatever else is said',
    async (command) => {
      const asked = await rawloop(command, '--help').ended;
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      expect(asked.stdout).toMatch(new RegExp(`^Usage: rawloop ${command} `));
      for (const args of [
        ['help', command],
        ['--help', command],
        [command, '-h'],
      ]) {
        expect(await rawloop(...args).ended).toEqual(asked);
      }
    },
  );

  it.each(COMMANDS)('of %s fits 90 columns and tells the exit codes', async (command) => {
    const { stdout } = await rawloop(command, '--help').ended;
    expect(stdout.split('\n').filter((line) => line.length > 90)).toEqual([]);
    expect(stdout).toMatch(/^Exit code 0: /m);
    expect(stdout).toMatch(/\b2: a wrong option/);
  });
});

describe('a wrong call', () => {
  it.each([
    [['ech'], "unknown command 'ech'", 'rawloop --help'],
    [['--fast'], "unknown option '--fast'", 'rawloop --help'],
    [['help', 'constructor'], "unknown command 'constructor'", 'rawloop --help'],
    [['echo', '--fast'], "unknown option '--fast'", 'rawloop echo --help'],
    [['echo', '--port'], "option '--port <value>' argument missing", 'rawloop echo --help'],
    [['echo', '--help=no'], "option '-h, --help' does not take an argument", 'rawloop echo --help'],
    [['echo', '--host', 'there'], /^--host must be an IPv4 .* not 'there'$/, 'rawloop echo --help'],
    [['echo', '--trace', ''], '--trace must name a file', 'rawloop echo --help'],
    [['demo', '--trace', ''], '--trace must name a file', 'rawloop demo --help'],
    [
      ['demo', '--seconds', '-1'],
      /^option '--seconds' argument is ambiguous. Did /,
      'rawloop demo --help',
    ],
  ])('%j is told in one line, with exit code 2', async (args, message, hint) => {
    const { code, stdout, stderr } = await rawloop(...args).ended;
    expect([code, stdout]).toEqual([2, '']);
    const [first = '', ...rest] = stderr.split('\n');
    expect(first).toMatch(/^rawloop: /);
    const told = first.slice('rawloop: '.length);
    if (typeof message === 'string') expect(told).toBe(message);
    else expect(told).toMatch(message);
    expect(rest).toEqual([`Try: ${hint}`, '']);
  });

  it('is no call for what the system refuses: exit code 1, and no hint', async () => {
    const file = join(temporaryFolder(), 'none', 'trace.json');
    expect(await rawloop('echo', '--trace', file).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^rawloop: cannot write .*: ENOENT: .*\n$/),
    });
    // An address of the block for documentation, which is nobody's.
    expect(await rawloop('echo', '--host', '192.0.2.1').ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^rawloop: .*EADDRNOTAVAIL.*\n$/),
    });
  });
});

describe('output that nobody takes', () => {
  const SHORT = ['--connections', '1', '--seconds', '0.1', '--models', 'net'];

  /** Closes one of its outputs before it has begun to write. */
  function deafTo(output: 'stdout' | 'stderr', ...args: string[]): Run {
    running = rawloop(...args);
    running.child[output]?.destroy();
    return running;
  }

  it.each([
    ['--help'],
    ['compare', ...SHORT],
    ['compare', ...SHORT, '--json'],
    ['demo', ...SHORT],
    ...MODELS.map((model) => ['echo', '--model', model]),
  ])('ends rawloop %s %s %s without a complaint, exit code 141', async (...args) => {
    const { code, stderr } = await deafTo('stdout', ...args).ended;
    expect(stderr).not.toContain('rawloop:');
    expect(code).toBe(141);
  });

  it('ends a measurement of which nobody sees the progress, and its children', async () => {
    const run = deafTo('stderr', 'demo', '--seconds', '60');
    expect(await run.ended).toMatchObject({ code: 141, stdout: '' });
  });

  it('leaves a page that was asked for all the same', async () => {
    const file = join(temporaryFolder(), 'page.html');
    await deafTo('stdout', 'compare', ...SHORT, '--html', file).ended;
    expect(readFileSync(file, 'utf8')).toMatch(/<\/html>\n$/);
  });

  it.runIf(existsSync('/dev/full'))('is told of a disk that is full, exit code 1', async () => {
    const script = 'exec "$0" "$@" >/dev/full';
    const { code, stderr } = await new Run('sh', [
      '-c',
      script,
      process.execPath,
      program,
      '--help',
    ]).ended;
    expect([code, stderr]).toEqual([1, 'rawloop: ENOSPC: no space left on device, write\n']);
  });
});

describe('Ctrl-C', () => {
  it.each(MODELS)('ends rawloop echo --model %s as it should end, exit code 0', async (model) => {
    running = rawloop('echo', '--model', model);
    await running.said(/listening/);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});
