// What a watcher has told of a folder, applied: a tree of names, and what did not fit into it.
// And the same of the disk, to compare the two.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const MAX_FAULTS = 10;

export class Mirror {
  /** A Map for a folder, null for anything else. */
  #root = new Map();
  faults = [];
  counts = { create: 0, change: 0, delete: 0, rename: 0, overflow: 0, attributes: 0, error: 0 };

  /** @param {{ type: string, name: string, from?: string, isDirectory: boolean }} event */
  apply({ type, path, name, from, isDirectory, error }) {
    this.counts[type]++;
    const told = `${type} ${name}${from === undefined ? '' : ` from ${from}`}`;
    if (type === 'error') this.#fault(`${told}: ${error.message}`);
    if (name === '') {
      if (type === 'delete') this.#root = new Map();
      return;
    }
    const { parent, last } = this.#find(name);
    if (parent === undefined) return this.#fault(`${told}: in no folder`);
    const isThere = parent.has(last);
    if (type === 'create') {
      if (isThere) this.#fault(`${told}: told before`);
      parent.set(last, isDirectory ? new Map() : null);
    } else if (type === 'delete') {
      if (!isThere) this.#fault(`${told}: not there`);
      if (isThere && isDirectory !== (parent.get(last) !== null)) this.#fault(`${told}: its kind`);
      parent.delete(last);
    } else if (type === 'change') {
      if (parent.get(last) !== null) this.#fault(`${told}: no file`);
    } else if (type === 'rename') {
      // `from` is a path, as `path` is.
      const before = path.slice(0, path.length - name.length);
      const { parent: old, last: oldName } = this.#find(from.slice(before.length));
      if (old?.has(oldName) !== true) return this.#fault(`${told}: not there`);
      const moved = old.get(oldName);
      if (isDirectory !== (moved !== null)) this.#fault(`${told}: its kind`);
      old.delete(oldName);
      parent.set(last, moved);
    }
  }

  /** All paths, a slash behind those of folders, sorted. */
  get paths() {
    const found = [];
    const walk = (folder, prefix) => {
      for (const [name, entry] of folder) {
        found.push(entry === null ? prefix + name : `${prefix}${name}/`);
        if (entry !== null) walk(entry, `${prefix}${name}/`);
      }
    };
    walk(this.#root, '');
    return found.sort();
  }

  #find(name) {
    const names = name.split('/');
    const last = names.pop();
    let parent = this.#root;
    for (const each of names) parent = parent?.get(each) ?? undefined;
    return { parent, last };
  }

  #fault(text) {
    if (this.faults.length < MAX_FAULTS) this.faults.push(text);
  }
}

/** The same of what is below `folder` now; of what goes meanwhile what is found. */
export function pathsOnDisk(folder) {
  const found = [];
  const walk = (at, prefix) => {
    let entries = [];
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    }
    for (const entry of entries) {
      found.push(entry.isDirectory() ? `${prefix}${entry.name}/` : prefix + entry.name);
      if (entry.isDirectory()) walk(join(at, entry.name), `${prefix}${entry.name}/`);
    }
  };
  walk(folder, '');
  return found.sort();
}

/** What is in one and not in the other, a few of it. */
export function difference(told, disk) {
  const [ofTold, ofDisk] = [new Set(told), new Set(disk)];
  return [
    ...told.filter((path) => !ofDisk.has(path)).map((path) => `told, not there: ${path}`),
    ...disk.filter((path) => !ofTold.has(path)).map((path) => `there, not told: ${path}`),
  ].slice(0, 10);
}
