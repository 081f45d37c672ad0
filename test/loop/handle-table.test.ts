// The table that leads from a ready record to its handle: slots with generations.
import { describe, expect, it } from 'vitest';
import {
  GENERATION,
  LAST_RECORD,
  READ_FD,
  SLOT_WORDS,
  TRANSFER,
  Transfer,
} from '../../lib/loop/layout.js';
import { HandleTable } from '../../lib/loop/table.js';
import { GENERATION_MASK, ReadyList } from '../../lib/poller/ready-list.js';
import { newSeed, randomFrom } from '../support/bytes.js';
import { newLoop, PlainHandle } from './support.js';

function newHandles(count: number): PlainHandle[] {
  const loop = newLoop();
  return Array.from({ length: count }, () => new PlainHandle(loop));
}

function wordsOf(table: HandleTable, slot: number): number[] {
  return [...table.words.subarray(slot * SLOT_WORDS, (slot + 1) * SLOT_WORDS)];
}

describe('the handle table', () => {
  it('finds a handle by its slot and generation', () => {
    const [handle] = newHandles(1) as [PlainHandle];
    const table = new HandleTable();
    const slot = table.allocate(handle);
    expect(table.find(slot, table.generation(slot))).toBe(handle);
  });

  it('finds nothing for the generation of a former owner', () => {
    const [first, second] = newHandles(2) as [PlainHandle, PlainHandle];
    const table = new HandleTable();
    const slot = table.allocate(first);
    const stale = table.generation(slot);
    table.release(slot);
    expect(table.find(slot, stale)).toBeUndefined();
    expect(table.allocate(second)).toBe(slot);
    expect(table.find(slot, stale)).toBeUndefined();
    expect(table.find(slot, table.generation(slot))).toBe(second);
  });

  it('finds nothing in slots that never were', () => {
    const table = new HandleTable();
    expect(table.find(0, 0)).toBeUndefined();
    expect(table.find(1e6, 0)).toBeUndefined();
    expect(table.find(-1, 0)).toBeUndefined();
  });

  it('makes a token from which a ready list gives slot and generation back', () => {
    const handles = newHandles(100);
    const table = new HandleTable();
    const ready = new ReadyList(1);
    for (const handle of handles) {
      const slot = table.allocate(handle);
      for (let i = 0; i < 3; i++) {
        ready.set(0, 1, table.token(slot));
        expect([ready.slot(0), ready.generation(0)]).toEqual([slot, table.generation(slot)]);
        expect(ready.token(0)).toBe(table.token(slot));
        table.release(slot);
        table.allocate(handle);
      }
    }
  });

  it('keeps what slots hold when it grows', () => {
    const handles = newHandles(1000);
    const table = new HandleTable();
    const slots = handles.map((handle, i) => {
      const slot = table.allocate(handle);
      table.setReadFd(slot, i + 5);
      return slot;
    });
    expect(new Set(slots).size).toBe(1000);
    slots.forEach((slot, i) => {
      expect(wordsOf(table, slot)[READ_FD]).toBe(i + 5);
      expect(table.find(slot, 0)).toBe(handles[i]);
    });
  });

  it('clears all that a slot held when it is given back', () => {
    const [first, second] = newHandles(2) as [PlainHandle, PlainHandle];
    const table = new HandleTable();
    const slot = table.allocate(first);
    table.words.set([7, table.generation(slot), 3, Transfer.FILE], slot * SLOT_WORDS);
    table.release(slot);
    table.allocate(second);
    const words = wordsOf(table, slot);
    expect([words[READ_FD], words[LAST_RECORD], words[TRANSFER]]).toEqual([-1, 0, Transfer.SOCKET]);
    expect(words[GENERATION]).toBe(1);
  });

  it('wraps generations so that tokens stay exact numbers', () => {
    const [handle] = newHandles(1) as [PlainHandle];
    const table = new HandleTable();
    const slot = table.allocate(handle);
    table.words[slot * SLOT_WORDS + GENERATION] = GENERATION_MASK;
    expect(Number.isSafeInteger(table.token(slot))).toBe(true);
    table.release(slot);
    table.allocate(handle);
    expect(table.generation(slot)).toBe(0);
  });

  it('never gives one slot to two handles, nor one token to two owners in a row', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const handles = newHandles(300);
    const table = new HandleTable();
    const owned = new Map<number, { handle: PlainHandle; token: number }>();
    const lastToken = new Map<number, number>();
    for (let i = 0; i < 5000; i++) {
      const slots = [...owned.keys()];
      if (slots.length === 0 || (slots.length < 300 && random(10) < 6)) {
        const handle = handles[random(300)] as PlainHandle;
        const slot = table.allocate(handle);
        const token = table.token(slot);
        expect(owned.has(slot), `RAWLOOP_SEED=${seed}`).toBe(false);
        expect(lastToken.get(slot), `RAWLOOP_SEED=${seed}`).not.toBe(token);
        lastToken.set(slot, token);
        owned.set(slot, { handle, token });
      } else {
        const slot = slots[random(slots.length)] as number;
        const { handle } = owned.get(slot) as { handle: PlainHandle };
        expect(table.find(slot, table.generation(slot)), `RAWLOOP_SEED=${seed}`).toBe(handle);
        table.release(slot);
        owned.delete(slot);
      }
    }
  });
});
