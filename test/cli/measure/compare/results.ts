// Figures for the tests of what rawloop compare says: fixed ones, and any of them
// another one.

import type { Figure } from '../../../../lib/cli/measure/compare/figures.js';
import type { Result, Row } from '../../../../lib/cli/measure/compare/types.js';
import { MODELS, type Model } from '../../../../lib/cli/models.js';

/** Rounds that were close together. */
export function about(median: number): Figure {
  return { median, min: median * 0.99, max: median * 1.01 };
}

export function row(model: Model, connections: number, figures: Partial<Row> = {}): Row {
  return {
    model,
    connections,
    rounds: 5,
    messagesPerSecond: about(100_000),
    p50Us: about(90),
    p99Us: about(180),
    cpuUsPerMessage: about(2),
    voluntarySwitchesPerMessage: about(0.01),
    involuntarySwitchesPerMessage: about(0),
    threads: 7,
    residentBytesPerConnection: connections < 500 ? null : 1024,
    kernelBytesPerConnection: connections < 500 ? null : 8192,
    acceptMs: about(20),
    messages: 1000,
    bytesVerified: 64_000,
    ...figures,
  };
}

/** A run as one would like it: thread per connection slower, with a thread for each. */
export function usualRows(): Row[] {
  return [1, 10, 100, 1000].flatMap((connections) =>
    MODELS.map((model, place) => {
      const factor = model === 'threads' ? 3 : 1 + place / 4;
      return row(model, connections, {
        messagesPerSecond: about(132_000 / factor),
        cpuUsPerMessage: about(2 * factor),
        p50Us: about(connections * 7.5 * factor),
        p99Us: about(connections * 9 * factor),
        voluntarySwitchesPerMessage: about(model === 'threads' ? 1 : 1 / connections),
        threads: model === 'threads' ? connections + 8 : 7,
        acceptMs: about(connections / 25),
      });
    }),
  );
}

export function resultOf(rows: readonly Row[], notes: readonly string[] = []): Result {
  return {
    date: '2026-02-03T04:05:06.000Z',
    machine: {
      cpu: 'A processor',
      cpus: 2,
      memoryBytes: 8 * 2 ** 30,
      platform: 'linux',
      arch: 'x64',
      kernel: '6.1.0',
      system: 'A Linux',
    },
    versions: { rawloop: '1.2.3', node: '20.0.0', v8: '11', libuvInNode: '1' },
    cores: null,
    settings: {
      models: [...new Set(rows.map(({ model }) => model))],
      connections: [...new Set(rows.map(({ connections }) => connections))],
      seconds: 1,
      messageBytes: 64,
    },
    notes,
    rows,
  };
}
