// What rawloop demo says of its figures: true whatever they are.
import { describe, expect, it } from 'vitest';
import { conclusionOf, footnotesOf, stepTable } from '../../../../lib/cli/measure/demo/report.js';
import type { Step } from '../../../../lib/cli/measure/pair.js';
import { parseCpuTime } from '../../../../lib/cli/measure/process.js';
import { paintFor } from '../../../../lib/cli/measure/terminal.js';
import { wrap } from '../../../../lib/cli/measure/text.js';
import type { Model } from '../../../../lib/cli/models.js';

function step(model: Model, figures: Partial<Step> = {}): Step {
  return {
    model,
    connections: 1000,
    messages: 1000,
    messagesPerSecond: 100_000,
    p50Us: 90,
    p99Us: 180,
    cpuUsPerMessage: 2,
    threads: 7,
    bytesPerConnection: 4096,
    bytesVerified: 64_000,
    ...figures,
  };
}

describe('the closing sentence of rawloop demo', () => {
  it('names the model that used least and how much the others used', () => {
    const steps = [
      step('loop'),
      step('guest', { cpuUsPerMessage: 2.05 }),
      step('threads', { cpuUsPerMessage: 4.4, threads: 1008 }),
      step('net', { cpuUsPerMessage: 11 }),
    ];
    expect(conclusionOf(steps)).toBe(
      'With 1,000 connections, loop spent the least CPU time per message, 2.00 µs: guest about ' +
        'as much, threads 2.2 times as much and net 5.5 times as much; threads had 1,008 ' +
        'threads, the others 7.',
    );
  });

  it('is just as frank when another one wins', () => {
    const steps = [step('loop', { cpuUsPerMessage: 3 }), step('net', { threads: 11 })];
    expect(conclusionOf(steps)).toBe(
      'With 1,000 connections, net spent the least CPU time per message, 2.00 µs: loop 1.5 ' +
        'times as much; net had 11 threads, loop 7.',
    );
  });

  it('speaks of the most connections only', () => {
    const steps = [
      step('net', { connections: 10, cpuUsPerMessage: 1 }),
      step('loop', { connections: 10, cpuUsPerMessage: 2 }),
      step('net', { cpuUsPerMessage: 4 }),
      step('loop', { cpuUsPerMessage: 2 }),
    ];
    expect(conclusionOf(steps)).toContain('loop spent the least CPU time per message, 2.00 µs');
  });

  it('compares nothing when there is one model', () => {
    expect(conclusionOf([step('guest', { connections: 1 })])).toBe(
      'With 1 connection, guest spent 2.00 µs of CPU time per message; it had 7 threads.',
    );
  });

  it('compares rates where the system tells no CPU time', () => {
    const unknown = { cpuUsPerMessage: null, threads: null };
    const steps = [step('net', { ...unknown, messagesPerSecond: 5 }), step('loop', unknown)];
    expect(conclusionOf(steps)).toBe(
      'With 1,000 connections, loop answered 100,000/s and net answered 5/s.',
    );
  });
});

describe('the table of rawloop demo', () => {
  const plain = paintFor({ isTTY: false });

  it('has columns that are aligned, whatever the size of the figures', () => {
    const large = { messagesPerSecond: 1_234_567, p50Us: 1_234_567, p99Us: 9_876_543 };
    const steps = [
      step('loop', { connections: 1 }),
      step('threads', { ...large, threads: 20_001 }),
    ];
    const lines = stepTable(steps, plain)
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it('says — for what the system does not tell, and explains it', () => {
    const steps = [step('net', { cpuUsPerMessage: null, threads: null, bytesPerConnection: null })];
    expect(stepTable(steps, plain)).toMatch(/ — +— +—\n/);
    expect(footnotesOf(steps, plain).join('\n')).toContain('— is what this system does not tell');
    expect(footnotesOf([step('net')], plain).join('\n')).not.toContain('— is what');
  });
});

describe('the small parts of rawloop demo', () => {
  it('reads the CPU times that ps(1) prints', () => {
    expect(parseCpuTime('0:00.05')).toBeCloseTo(50);
    expect(parseCpuTime('61:02.50')).toBeCloseTo(3_662_500);
    expect(parseCpuTime('01:02:03')).toBeCloseTo(3_723_000);
    expect(parseCpuTime('1-00:00:01')).toBeCloseTo(86_401_000);
  });

  it('breaks lines between words', () => {
    expect(wrap('one two three', 7)).toBe('one two\nthree');
    expect(wrap('unbreakable', 3)).toBe('unbreakable');
  });
});
