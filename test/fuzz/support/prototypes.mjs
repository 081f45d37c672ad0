// Setters on Object.prototype and Array.prototype: none may run inside native code, which
// makes objects of its own and defines their properties.

const NAMES = [
  'family', 'address', 'port', 'path', 'errno', 'syscall', 'peer', 'error', 'size', 'threads',
  'idle', 'queued', 'running', 'finished', 'completed', 'wakeups', 'startErrno', 'connections',
  'bytes', 'active', 'errors', '0', '1',
]; // biome-ignore format: a table

/** Installs them. Returns what takes them away, and tells which ran. */
export function watchPrototypes() {
  // Not an array: its '0' is watched too.
  const ran = new Set();
  for (const prototype of [Object.prototype, Array.prototype]) {
    for (const name of NAMES) {
      Object.defineProperty(prototype, name, {
        configurable: true,
        get: undefined,
        set() {
          ran.add(name);
        },
      });
    }
  }
  return () => {
    for (const prototype of [Object.prototype, Array.prototype]) {
      for (const name of NAMES) delete prototype[name];
    }
    return [...ran];
  };
}
