// rawloop demo as a user starts it: the built program, real servers and clients.
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../../lib/cli/measure/pair.js';
import { MODELS } from '../../../../lib/cli/models.js';
import { hasProc, program, Run, rawloop } from '../../support.js';

interface Report {
  messageBytes: number;
  notes: string[];
  steps: Step[];
  conclusion: string;
}

describe('rawloop demo: the command line', () => {
  it('is listed by rawloop --help, and its helper is not', async () => {
    const { code, stdout } = await rawloop('--help').ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}demo {2}/m);
    expect(stdout).not.toContain('demo-client');
  });

  it('explains itself with --help and starts nothing', async () => {
    const { code, stdout, stderr } = await rawloop('demo', '--help').ended;
    expect(code).toBe(0);
    for (const flag of ['--connections', '--models', '--seconds', '--json']) {
      expect(stdout).toContain(flag);
    }
    expect(stderr).toBe('');
  });

  it.each([
    [['--connections', '10,x'], /--connections must be .* not 'x'/],
    [['--connections', '0'], /--connections must be .* not '0'/],
    [['--connections', ''], /--connections must be .* not ''/],
    [['--connections', '99999'], /--connections must be .* not '99999'/],
    [['--models', 'loop,fast'], /--models must be one of loop, guest, threads, net, not 'fast'/],
    [['--seconds', '0'], /--seconds must be .* not '0'/],
    [['--seconds', '1e3'], /--seconds must be .* not '1e3'/],
    [['--seconds', 'NaN'], /--seconds must be .* not 'NaN'/],
    [['--fast'], /'--fast'/],
    [['now'], /'now'/],
  ])('refuses %j with exit code 2 and says what is wrong', async (flags, message) => {
    const { code, stdout, stderr } = await rawloop('demo', ...flags).ended;
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^rawloop: .*\nTry: rawloop demo --help\n$/);
  });
});

describe('rawloop demo: the figures', () => {
  it('measures every model and checks every byte', async () => {
    const connections = 60;
    const flags = ['--json', '--connections', `5,${connections}`, '--seconds', '0.3'];
    const { code, stdout, stderr } = await rawloop('demo', ...flags).ended;
    expect(stderr).not.toContain('rawloop:');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report.steps.map(({ model, connections }) => [model, connections])).toEqual(
      [5, connections].flatMap((count) => MODELS.map((model) => [model, count])),
    );
    for (const step of report.steps) {
      expect(step.messages).toBeGreaterThanOrEqual(step.connections);
      expect(step.messagesPerSecond).toBeGreaterThan(0);
      expect(step.p50Us).toBeGreaterThan(0);
      expect(step.p99Us).toBeGreaterThanOrEqual(step.p50Us);
      expect(step.bytesVerified).toBeGreaterThanOrEqual(step.messages * report.messageBytes);
      if (!hasProc) continue;
      expect(step.cpuUsPerMessage).toBeGreaterThan(0);
      const least = step.model === 'threads' ? step.connections + 1 : 1;
      expect(step.threads).toBeGreaterThanOrEqual(least);
      // Too few connections to tell.
      expect(step.bytesPerConnection).toBeNull();
    }
    expect(report.conclusion).toContain(`With ${connections} connections`);
  });

  it.runIf(hasProc)('tells the memory of many connections', async () => {
    const flags = [
      '--json',
      '--models',
      'loop,threads',
      '--connections',
      '1500',
      '--seconds',
      '0.1',
    ];
    const { code, stdout } = await rawloop('demo', ...flags).ended;
    expect(code).toBe(0);
    const [loop, threads] = (JSON.parse(stdout) as Report).steps;
    // Some KiB each: of few connections the collector may give back as much meanwhile.
    expect(loop?.bytesPerConnection).toBeGreaterThan(0);
    // A thread touches a page of its stack at least, which VmRSS would not show.
    expect(threads?.bytesPerConnection).toBeGreaterThanOrEqual(4096);
    expect(threads?.threads).toBeGreaterThan(1500);
  });

  it('prints a table of at most 100 columns, without colours when it is not a terminal', async () => {
    const flags = ['--models', 'net,loop', '--connections', '3', '--seconds', '0.1'];
    const { code, stdout, stderr } = await rawloop('demo', ...flags).ended;
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(stdout).toMatch(/^ +3 {2}net .*\n +loop /m);
    expect(stdout).toMatch(/^[\d,]+ bytes came back/m);
    expect(stdout).toMatch(/With 3 connections, (net|loop) .*\.\n$/s);
    expect(`${stdout}${stderr}`).not.toContain('\x1b');
    expect(stderr).toMatch(/^demo: takes about \d+ seconds?\n/);
  });

  it.runIf(hasProc)('makes do with fewer connections where few files may be open', async () => {
    const flags = '--json --models loop --connections 10,1000 --seconds 0.1';
    const script = `ulimit -n 120 && exec "$0" "$1" demo ${flags}`;
    const { code, stdout } = await new Run('sh', ['-c', script, process.execPath, program]).ended;
    expect(code).toBe(0);
    const { notes, steps } = JSON.parse(stdout) as Report;
    expect(steps.map(({ connections }) => connections)).toEqual([10, 56]);
    expect(notes[0]).toMatch(/may open 120 files .* 1,000 connections: 56 connections instead/);
  });
});
