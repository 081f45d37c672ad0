// Signals: taken by what they can do, listened to once each, heard whatever others do.
import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { abortError, checkSignal, onAbort, throwIfAborted } from '../../lib/base/abort.js';
import { thrownBy } from '../loop/support.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

/** A signal of some other library: not one of the host's. */
class ForeignSignal {
  aborted = false;
  reason: unknown;
  readonly added = new Set<() => void>();

  addEventListener(type: string, listener: () => void): void {
    if (type === 'abort') this.added.add(listener);
  }
  removeEventListener(_type: string, listener: () => void): void {
    this.added.delete(listener);
  }
  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.added]) listener();
  }
}

describe('a signal', () => {
  it('is one by what it can do', () => {
    for (const signal of [new AbortController().signal, AbortSignal.abort(), new ForeignSignal()]) {
      expect(checkSignal(signal)).toBe(signal);
    }
    expect(checkSignal(undefined)).toBeUndefined();
    const none = [null, {}, 'abort', 1, true, new EventTarget(), new AbortController()];
    for (const value of [...none, { aborted: false }, { aborted: 0, addEventListener() {} }]) {
      expect(thrownBy(() => checkSignal(value))).toMatchObject({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
  });

  it('that has aborted is told as an AbortError with its reason as the cause', () => {
    const reason = { any: 'value' };
    const told = { name: 'AbortError', code: 'ABORT_ERR', cause: reason };
    expect(thrownBy(() => throwIfAborted(AbortSignal.abort(reason)))).toMatchObject(told);
    expect(abortError(AbortSignal.abort(reason), 'words')).toMatchObject({
      ...told,
      message: 'words',
    });
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});

describe('an abort', () => {
  it('is told to each that listens, once, in their order', () => {
    const controller = new AbortController();
    const told: number[] = [];
    for (let i = 0; i < 3; i++) onAbort(controller.signal, () => told.push(i));
    controller.abort();
    controller.abort();
    expect(told).toEqual([0, 1, 2]);
    expect(listeners(controller.signal)).toBe(0);
  });

  it('is not told to those that ended listening, also from a listener', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const stopFirst = onAbort(controller.signal, () => told.push('first'));
    onAbort(controller.signal, () => {
      told.push('second');
      stopThird();
    });
    const stopThird = onAbort(controller.signal, () => told.push('third'));
    stopFirst();
    stopFirst();
    controller.abort();
    expect(told).toEqual(['second']);
    stopThird();
  });

  it('is told to all of them, although its reason throws when it is read', () => {
    const signal = new ForeignSignal();
    const told: unknown[] = [];
    const error = new Error('on purpose');
    const reason = {
      get: () => {
        throw error;
      },
      set: () => {},
    };
    Object.defineProperty(signal, 'reason', reason);
    const foreign = signal as unknown as AbortSignal;
    for (let i = 0; i < 2; i++) onAbort(foreign, () => told.push(abortError(foreign).cause));
    signal.abort(undefined);
    expect(told).toEqual([error, error]);
  });

  it('is one listener on the signal for any number, none when all have ended', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { signal } = new AbortController();
    // Taking one of the host's own list takes longer with each that is on it: all day here.
    const stops = Array.from({ length: 100_000 }, () => onAbort(signal, () => {}));
    expect(listeners(signal)).toBe(1);
    for (const stop of stops) stop();
    expect(listeners(signal)).toBe(0);
    onAbort(signal, () => {})();
    expect(listeners(signal)).toBe(0);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('is heard of a signal of another library', () => {
    const signal = new ForeignSignal();
    const told: unknown[] = [];
    const stop = onAbort(signal as unknown as AbortSignal, () => told.push(signal.reason));
    onAbort(signal as unknown as AbortSignal, () => told.push('ended'))();
    expect(signal.added.size).toBe(1);
    signal.abort('enough');
    expect(told).toEqual(['enough']);
    stop();
  });
});
