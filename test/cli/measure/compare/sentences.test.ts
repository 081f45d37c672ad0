// What rawloop compare says of its figures: true whatever they are.
import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../../lib/cli/measure/compare/charts.js';
import { noiseSentence } from '../../../../lib/cli/measure/compare/noise.js';
import {
  acceptSentence,
  conclusionsOf,
  cpuSentence,
  medianTripSentence,
  memorySentence,
  rateSentence,
  slowTripSentence,
  switchesSentence,
  threadsSentence,
} from '../../../../lib/cli/measure/compare/sentences.js';
import { about, row, usualRows } from './results.js';

describe('the sentences of rawloop compare', () => {
  it('name the figures at the most connections, and how many times as many they are', () => {
    expect(rateSentence(usualRows())).toBe(
      'At 1,000 connections the owned loop answered 132,000 messages a second: 1.25 times as ' +
        'many as the guest loop, 1.75 times as many as node:net and 3.0 times as many as thread ' +
        'per connection.',
    );
    expect(cpuSentence(usualRows())).toBe(
      'At 1,000 connections a message cost the owned loop 2 µs of CPU time, the least; the guest ' +
        'loop 1.25 times as much, node:net 1.75 times as much and thread per connection 3.0 ' +
        'times as much.',
    );
    expect(medianTripSentence(usualRows())).toBe(
      'The median round trip took, with 1,000 connections, 7.5 ms through the owned loop, 9.38 ms ' +
        'through the guest loop, 13.1 ms through node:net and 22.5 ms through thread per ' +
        'connection; with 1 connection, 7.5 µs through the owned loop, 9.38 µs through the guest ' +
        'loop, 13.1 µs through node:net and 22.5 µs through thread per connection.',
    );
    expect(slowTripSentence(usualRows())).toBe(
      'Of a hundred round trips with 1,000 connections ninety-nine took at most 9 ms through the ' +
        'owned loop, 11.3 ms through the guest loop, 15.8 ms through node:net and 27 ms through ' +
        'thread per connection.',
    );
    expect(switchesSentence(usualRows())).toBe(
      'At 1,000 connections the kernel switched threads once for 1,000 messages in the owned loop, ' +
        'once for 1,000 messages in the guest loop, once for 1,000 messages in node:net and 1.00 ' +
        'times per message in thread per connection.',
    );
    expect(threadsSentence(usualRows())).toBe(
      'At 1,000 connections thread per connection had 1,008 threads; the owned loop, the guest ' +
        'loop and node:net had 7 threads, however many connections.',
    );
    expect(memorySentence(usualRows(), 500)).toMatch(
      /^Each of 1,000 idle connections took, with the owned loop 1 KiB in the server and 8 KiB in the kernel; with/,
    );
    expect(acceptSentence(usualRows())).toMatch(
      /^1,000 connections were accepted, and the first message of each echoed, in 40 ms by the owned loop,/,
    );
  });

  it('are just as frank when another one wins', () => {
    const rows = [
      row('loop', 10, { messagesPerSecond: about(10), cpuUsPerMessage: about(9) }),
      row('net', 10, { messagesPerSecond: about(200) }),
    ];
    expect(rateSentence(rows)).toBe(
      'At 10 connections node:net answered 200 messages a second: 20 times as many as the owned loop.',
    );
    expect(cpuSentence(rows)).toContain('cost node:net 2 µs of CPU time, the least');
  });

  it('see no difference where the rounds of one reach into those of the other', () => {
    const noisy = { median: 150_000, min: 90_000, max: 200_000 };
    const rows = [row('loop', 10, { messagesPerSecond: noisy }), row('net', 10)];
    expect(rateSentence(rows)).toBe(
      'At 10 connections the owned loop answered 150,000 messages a second: about as many as node:net.',
    );
    const near = [row('loop', 10, { cpuUsPerMessage: about(1.95) }), row('net', 10)];
    expect(cpuSentence(near)).toContain('node:net about as much.');
  });

  it('name those that are alike together, and no least where none is', () => {
    const rows = [row('loop', 10), row('guest', 10), row('net', 10)];
    expect(rateSentence(rows)).toBe(
      'At 10 connections the owned loop answered 100,000 messages a second: about as many as the guest loop and node:net.',
    );
    expect(cpuSentence(rows)).toBe(
      'At 10 connections a message cost the owned loop 2 µs of CPU time; the guest loop and node:net about as much.',
    );
    const slow = row('threads', 10, {
      messagesPerSecond: about(10_000),
      cpuUsPerMessage: about(8),
    });
    expect(rateSentence([...rows, slow])).toContain(
      'about as many as the guest loop and node:net, and 10 times as many as thread per connection.',
    );
    expect(cpuSentence([...rows, slow])).toContain(
      'about as much; thread per connection 4.0 times as much.',
    );
  });

  it('compare where all models are, and tell what the others did beyond', () => {
    const rows = [
      row('loop', 100),
      row('threads', 100, { messagesPerSecond: about(50_000) }),
      row('loop', 20_000, { messagesPerSecond: about(70_000) }),
    ];
    expect(rateSentence(rows)).toBe(
      'At 100 connections the owned loop answered 100,000 messages a second: 2.0 times as many ' +
        'as thread per connection. At 20,000 connections, where not all could follow, the owned ' +
        'loop 70,000.',
    );
  });

  it('compare nothing when there is one model, and one number', () => {
    const rows = [row('guest', 1)];
    expect(conclusionsOf(rows)).toEqual([
      `At 1 connection the guest loop answered 100,000 messages a second. ${noiseSentence(rows)}`,
      'A message cost the guest loop 2 µs of CPU time.',
      'The guest loop had 7 threads.',
    ]);
    expect(acceptSentence(rows)).toMatch(
      /^The connection was accepted, .* in 20 ms by the guest loop\.$/,
    );
  });

  it('say so where the system tells nothing', () => {
    const unknown = {
      cpuUsPerMessage: null,
      voluntarySwitchesPerMessage: null,
      involuntarySwitchesPerMessage: null,
      threads: null,
      residentBytesPerConnection: null,
      kernelBytesPerConnection: null,
    };
    const rows = [row('loop', 1000, unknown), row('net', 1000, unknown)];
    for (const sentence of [cpuSentence(rows), switchesSentence(rows), threadsSentence(rows)]) {
      expect(sentence).toBe('This system does not tell it of another process.');
    }
    expect(chartsOf(rows).map(({ id }) => id)).toEqual(['rate', 'p50', 'p99', 'accept']);
  });

  it('leave the kernel’s memory out where only the server’s is told', () => {
    const rows = [row('loop', 1000, { kernelBytesPerConnection: null })];
    expect(memorySentence(rows, 500)).toBe(
      'Each of 1,000 idle connections took, with the owned loop 1 KiB in the server.',
    );
  });

  it('name a model at the start of a sentence as it is spelt', () => {
    const rows = [row('net', 1, { cpuUsPerMessage: null })];
    expect(conclusionsOf(rows)[2]).toBe('node:net had 7 threads.');
  });
});

describe('the charts of rawloop compare', () => {
  it('have a point, or none, of each model at each number of connections', () => {
    const rows = [row('loop', 1), row('threads', 1), row('loop', 20_000)];
    const [rate] = chartsOf(rows);
    expect(rate?.labels).toEqual(['1', '20,000']);
    expect(rate?.series.map(({ style, points }) => [style, points])).toEqual([
      ['loop', [about(100_000), about(100_000)]],
      ['threads', [about(100_000), null]],
    ]);
  });

  it('are eight, each with a sentence', () => {
    const charts = chartsOf(usualRows());
    expect(charts.map(({ id }) => id)).toEqual([
      'rate',
      'cpu',
      'p50',
      'p99',
      'switches',
      'threads',
      'memory',
      'accept',
    ]);
    for (const { sentence } of charts) expect(sentence).toMatch(/^\S.*\d.*\.$/);
  });
});
