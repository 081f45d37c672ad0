// rawloop compare as a user starts it: the built program, real servers and clients.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../../lib/cli/measure/compare/types.js';
import { MODELS } from '../../../../lib/cli/models.js';
import { aliveOf, childrenOf, hasProc, program, Run, rawloop } from '../../support.js';

type Report = Result & { conclusions: string[]; charts: { title: string; sentence: string }[] };

const SHORT = ['--connections', '1,10', '--seconds', '0.1'];

const folder = mkdtempSync(join(tmpdir(), 'rawloop-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let running: Run | undefined;
afterEach(() => {
  running?.child.kill('SIGKILL');
});

describe('rawloop compare: the command line', () => {
  it('is listed by rawloop --help', async () => {
    const { stdout } = await rawloop('--help').ended;
    expect(stdout).toMatch(/^ {2}compare {3}/m);
  });

  it('explains itself with --help and starts nothing', async () => {
    const { code, stdout, stderr } = await rawloop('compare', '--help').ended;
    expect(code).toBe(0);
    for (const flag of ['connections', 'models', 'seconds', 'quick', 'html', 'json']) {
      expect(stdout).toContain(`--${flag}`);
    }
    expect(stderr).toBe('');
  });

  it.each([
    [['--connections', '10,x'], /--connections must be .* not 'x'/],
    [['--connections', 'most,0'], /--connections must be .* not '0'/],
    [['--connections', '20001'], /--connections must be .* not '20001'/],
    [['--models', 'loop,fast'], /--models must be one of loop, guest, threads, net, not 'fast'/],
    [['--seconds', '0'], /--seconds must be .* not '0'/],
    [['--html', ''], /--html must name a file/],
    [['--html'], /'--html <value>' argument missing/],
    [['--fast'], /'--fast'/],
    [['now'], /'now'/],
  ])('refuses %j with exit code 2 and says what is wrong', async (flags, message) => {
    const { code, stdout, stderr } = await rawloop('compare', ...flags).ended;
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nTry: rawloop compare --help\n$/);
  });

  it.each([
    ['a folder that is not there', join(folder, 'none', 'page.html'), /ENOENT/],
    ['a folder', folder, /EISDIR/],
  ])('says before it measures that it cannot write %s', async (_what, file, message) => {
    // A run that measured first would not end within the test's limit.
    const { code, stdout, stderr } = await rawloop('compare', '--seconds', '600', '--html', file)
      .ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^rawloop: cannot write /);
    expect(stderr).toMatch(message);
  });
});

describe('rawloop compare: the figures', () => {
  it('measures every model, checks every byte, and writes JSON and a page', async () => {
    const file = join(folder, 'page.html');
    writeFileSync(file, 'what was there before, and longer than nothing');
    const run = rawloop('compare', ...SHORT, '--json', '--html', file);
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { machine, versions, rows, charts, conclusions } = JSON.parse(stdout) as Report;
    expect(versions['node']).toBe(process.versions.node);
    expect(machine.kernel).toMatch(/\d/);
    expect(rows.map(({ model, connections }) => [model, connections])).toEqual(
      [1, 10].flatMap((connections) => MODELS.map((model) => [model, connections])),
    );
    for (const row of rows) {
      for (const figure of [row.messagesPerSecond, row.p50Us, row.p99Us, row.acceptMs]) {
        expect(figure.min).toBeGreaterThan(0);
        expect(figure.median).toBeGreaterThanOrEqual(figure.min);
        expect(figure.max).toBeGreaterThanOrEqual(figure.median);
      }
      expect(row.messages).toBeGreaterThanOrEqual(row.connections * row.rounds);
      expect(row.bytesVerified).toBeGreaterThanOrEqual(row.messages * 64);
      if (!hasProc) continue;
      expect(row.cpuUsPerMessage?.min).toBeGreaterThan(0);
      expect(row.threads).toBeGreaterThanOrEqual(row.model === 'threads' ? row.connections + 1 : 1);
      // A server that answers a message at a time sleeps in between, each time anew.
      if (row.connections === 1) {
        expect(row.voluntarySwitchesPerMessage?.median).toBeGreaterThan(0);
      }
    }
    const page = readFileSync(file, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toMatch(/<\/html>\n$/);
    expect(charts.length).toBeGreaterThanOrEqual(4);
    for (const text of [...conclusions, ...charts.map(({ sentence }) => sentence)]) {
      expect(page).toContain(text);
    }
  });

  it('prints tables of at most 100 columns and no progress when it is not a terminal', async () => {
    const { code, stdout, stderr } = await rawloop('compare', ...SHORT, '--models', 'net,loop')
      .ended;
    expect(code).toBe(0);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(stdout).toMatch(/^ +10 {2}loop .*\n +net /m);
    expect(stdout).toMatch(/^[\d,]+ bytes came back/m);
    expect(stdout).toMatch(/At 10 connections (the owned loop|node:net) answered/);
    expect(stdout).not.toContain('\x1b');
    expect(stderr).toBe('');
  });

  it.runIf(hasProc)('says which limit the most connections are', async () => {
    const flags = '--json --models loop --connections most --seconds 0.1';
    const script = `ulimit -n 200 && exec "$0" "$1" compare ${flags}`;
    const { code, stdout } = await new Run('sh', ['-c', script, process.execPath, program]).ended;
    expect(code).toBe(0);
    const { notes, rows } = JSON.parse(stdout) as Report;
    expect(rows.map(({ connections }) => connections)).toEqual([136]);
    expect(notes.join('\n')).toContain(
      'The most connections here are 136: a process may open 200 files (ulimit -n).',
    );
  });

  it.runIf(hasProc)(
    'tells the memory of many connections, of the server and the kernel',
    async () => {
      const flags = [
        '--json',
        '--models',
        'loop,threads',
        '--connections',
        '1500',
        '--seconds',
        '0.1',
      ];
      const { code, stdout } = await rawloop('compare', ...flags).ended;
      expect(code).toBe(0);
      const [loop, threads] = (JSON.parse(stdout) as Report).rows;
      // Some KiB each: of few connections the collector may give back as much meanwhile.
      expect(loop?.residentBytesPerConnection).toBeGreaterThan(0);
      // A thread touches a page of its stack at least.
      expect(threads?.residentBytesPerConnection).toBeGreaterThanOrEqual(4096);
      expect(threads?.kernelBytesPerConnection).toBeGreaterThanOrEqual(0);
    },
  );
});

describe.runIf(hasProc)('rawloop compare: its processes', () => {
  it('Ctrl-C ends all of them, exit code 130, and leaves no page behind', async () => {
    const file = join(folder, 'unfinished.html');
    running = rawloop('compare', '--seconds', '60', '--connections', '20', '--html', file);
    const pid = running.child.pid as number;
    while (childrenOf(pid).length < 2 * MODELS.length) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const children = childrenOf(pid);
    expect(existsSync(file)).toBe(true);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toBe('');
    expect(aliveOf(children)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it('reports the end of a server, exit code 1, and leaves a page that was there', async () => {
    const file = join(folder, 'old.html');
    writeFileSync(file, 'old');
    running = rawloop('compare', '--seconds', '60', '--connections', '20', '--html', file);
    const pid = running.child.pid as number;
    const serverOf = () => childrenOf(pid).find(({ command }) => command.includes('--model net'));
    while (serverOf() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(serverOf()?.pid as number, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('rawloop: the net server was killed by SIGKILL');
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});
