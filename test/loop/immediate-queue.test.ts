// The queue of the check phase: a turn runs those that wait at its start.
import { describe, expect, it } from 'vitest';
import { type Immediate, ImmediateQueue } from '../../lib/loop/immediates.js';
import { newSeed, randomFrom } from '../support/bytes.js';
import { thrownBy } from './support.js';

/** Runs one turn, as the check phase does. */
function runTurn(queue: ImmediateQueue): void {
  queue.beginTurn();
  for (let one = queue.take(); one !== undefined; one = queue.take()) one.run();
}

describe('the immediate queue', () => {
  it('runs immediates in the order in which they were set, with their arguments', () => {
    const queue = new ImmediateQueue();
    const log: unknown[] = [];
    queue.add((...args: unknown[]) => log.push(args), [1, 'one']);
    queue.add((...args: unknown[]) => log.push(args), []);
    runTurn(queue);
    expect(log).toEqual([[1, 'one'], []]);
  });

  it('leaves what is set during a turn for the next one', () => {
    const queue = new ImmediateQueue();
    const log: number[] = [];
    const again = (n: number) => {
      log.push(n);
      queue.add(again, [n + 1]);
    };
    queue.add(again, [1]);
    runTurn(queue);
    expect(log).toEqual([1]);
    runTurn(queue);
    expect(log).toEqual([1, 2]);
    expect(queue.size).toBe(1);
  });

  it('does not run one that was cancelled, even in the turn under way', () => {
    const queue = new ImmediateQueue();
    const log: string[] = [];
    const later: Immediate[] = [];
    queue.add(() => {
      log.push('first');
      later[0]?.cancel();
    }, []);
    later.push(queue.add(() => log.push('second'), []));
    queue.add(() => log.push('third'), []);
    runTurn(queue);
    expect(log).toEqual(['first', 'third']);
    expect(queue.size).toBe(0);
    expect(later[0]?.active).toBe(false);
  });

  it('puts what a throw left before what was set meanwhile', () => {
    const queue = new ImmediateQueue();
    const log: string[] = [];
    queue.add(() => {
      queue.add(() => log.push('set meanwhile'), []);
      throw new Error('first');
    }, []);
    queue.add(() => log.push('second'), []);
    queue.add(() => log.push('third'), []);
    expect(thrownBy(() => runTurn(queue))).toMatchObject({ message: 'first' });
    expect(queue.size).toBe(3);
    queue.add(() => log.push('set later'), []);
    runTurn(queue);
    expect(log).toEqual(['second', 'third', 'set meanwhile', 'set later']);
  });

  it('counts those that wait and those of them that are referenced', () => {
    const queue = new ImmediateQueue();
    const [a, b] = [queue.add(() => {}, []), queue.add(() => {}, [])];
    expect([queue.size, queue.referenced]).toEqual([2, 2]);
    a.unref().unref();
    expect([queue.size, queue.referenced]).toEqual([2, 1]);
    a.ref().ref();
    expect([queue.size, queue.referenced]).toEqual([2, 2]);
    a.unref();
    a.cancel();
    a.cancel();
    expect([queue.size, queue.referenced]).toEqual([1, 1]);
    b.cancel();
    expect([queue.size, queue.referenced]).toEqual([0, 0]);
    a.ref();
    b.unref();
    expect([queue.size, queue.referenced]).toEqual([0, 0]);
  });

  it('counts one that ran no more, whatever becomes of its references', () => {
    const queue = new ImmediateQueue();
    const one = queue.add(() => {}, []).unref();
    runTurn(queue);
    expect(one.active).toBe(false);
    one.ref();
    one.unref();
    one[Symbol.dispose]();
    expect([queue.size, queue.referenced]).toEqual([0, 0]);
    expect(one.hasRef()).toBe(false);
  });

  it('agrees with a list over random operations', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const queue = new ImmediateQueue();
    const ran: number[] = [];
    let waiting: [number, Immediate][] = [];
    for (let i = 0; i < 10_000; i++) {
      const what = random(20);
      if (what < 14) {
        waiting.push([i, queue.add(() => ran.push(i), [])]);
      } else if (what < 18 && waiting.length > 0) {
        waiting.splice(random(waiting.length), 1)[0]?.[1].cancel();
      } else if (what === 18) {
        ran.length = 0;
        runTurn(queue);
        expect(ran, `RAWLOOP_SEED=${seed}`).toEqual(waiting.map(([id]) => id));
        waiting = [];
      }
      expect(queue.size, `RAWLOOP_SEED=${seed}`).toBe(waiting.length);
      expect(queue.referenced, `RAWLOOP_SEED=${seed}`).toBe(waiting.length);
    }
  });
});
