// The check of traces finds what is wrong: each row is one fault in a sound trace.
import { expect, it } from 'vitest';
import { problemsOf } from './trace-format.js';

const at = { pid: 1, tid: 1 };
const span = { name: 'a', cat: 'c', ph: 'X', ts: 10, dur: 5, args: {}, ...at };
const begin = { name: 'r', cat: 'pool', ph: 'b', ts: 1, id: '7', ...at };
const end = { ...begin, ph: 'e', ts: 2 };
const trace = (...traceEvents: unknown[]) => JSON.stringify({ traceEvents });

it('a sound trace of every phase type has no problem', () => {
  const text = trace(
    { name: 'thread_name', ph: 'M', args: { name: 'loop' }, ...at },
    span,
    { ...span, name: 'within', ts: 11, dur: 1 },
    { ...span, name: 'behind', ts: 15 },
    { ...span, name: 'elsewhere', tid: 2, ts: 12, dur: 20 },
    { ...span, ph: 'i', s: 't' },
    { ...span, ph: 'C', args: { events: 3 } },
    begin,
    { ...begin, name: 'inner' },
    { ...end, name: 'inner' },
    end,
  );
  expect(problemsOf(text)).toEqual([]);
});

const BAD: [what: string, events: unknown[]][] = [
  ['no name', [{ ...span, name: '' }]],
  ['a name that is none', [{ ...span, name: 7 }]],
  ['an unknown phase type', [{ ...span, ph: 'x' }]],
  ['no phase type', [{ ...span, ph: undefined }]],
  ['no time', [{ ...span, ts: undefined }]],
  ['a time as text', [{ ...span, ts: '10' }]],
  ['a time that is no number in JSON', [{ ...span, ts: Number.NaN }]],
  ['a time before the start', [{ ...span, ts: -1 }]],
  ['no duration', [{ ...span, dur: undefined }]],
  ['a negative duration', [{ ...span, dur: -1 }]],
  ['a pid as text', [{ ...span, pid: '1' }]],
  ['a tid with a fraction', [{ ...span, tid: 1.5 }]],
  ['no category', [{ ...span, cat: undefined }]],
  ['arguments as an array', [{ ...span, args: [] }]],
  ['an instant without a scope', [{ ...span, ph: 'i' }]],
  ['a counter of text', [{ ...span, ph: 'C', args: { events: 'many' } }]],
  ['metadata without its argument', [{ name: 'thread_name', ph: 'M', args: {}, ...at }]],
  ['unknown metadata', [{ name: 'thread_colour', ph: 'M', args: { name: 'x' }, ...at }]],
  ['spans that overlap by halves', [span, { ...span, ts: 12 }]],
  ['an asynchronous span without an id', [{ ...begin, id: undefined }, end]],
  ['a begin without an end', [begin]],
  ['an end without a begin', [end]],
  ['an end of another name', [begin, { ...end, name: 'other' }]],
  ['an end before its begin', [begin, { ...end, ts: 0 }]],
  ['an event that is none', [null]],
];

it.each(BAD)('%s is a problem', (_what, events) => {
  expect(problemsOf(trace(...events))).not.toEqual([]);
});

it('a file without events is a problem', () => {
  expect(problemsOf('{}')).not.toEqual([]);
});
