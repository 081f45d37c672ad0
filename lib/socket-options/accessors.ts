// `socket.options`: an object with a property for each socket option, which asks the kernel
// when it is read and tells it when it is set. One class serves all handles.
import { SHOWN, unlessRefused } from '../base/shown.js';
import { handleClosed, stillConnecting } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import { checkChange, getByName, makeChange } from './access.js';
import { NAMES, TABLE } from './table.js';
import type { SocketOptions } from './values.js';

class Accessors {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  get #fd(): number {
    if (!this.#handle.active) throw handleClosed(this.#handle.kind);
    if (this.#handle.handleFd < 0) throw stillConnecting('set options in open');
    return this.#handle.handleFd;
  }

  static {
    for (const name of NAMES) {
      const { reading, setting } = TABLE[name];
      const accessor: PropertyDescriptor = { enumerable: true };
      if (reading !== undefined) {
        accessor.get = function (this: Accessors) {
          return getByName(this.#fd, name);
        };
      }
      if (setting !== undefined) {
        accessor.set = function (this: Accessors, value: unknown) {
          const change = checkChange(name, value);
          makeChange(this.#fd, change);
        };
      }
      Object.defineProperty(Accessors.prototype, name, accessor);
    }
  }

  /** What can be read of this socket, but what is changed by that. */
  [SHOWN](): object {
    const values: Record<string, unknown> = {};
    for (const name of NAMES) {
      const { reading, readOnce } = TABLE[name];
      if (reading === undefined || readOnce === true) continue;
      const value = unlessRefused(() => getByName(this.#fd, name));
      if (value !== undefined) values[name] = value;
    }
    return values;
  }
}

const made = new WeakMap<Handle, SocketOptions>();

/** The options of `handle`, whose descriptor is a socket: always the same object. */
export function optionsOf(handle: Handle): SocketOptions {
  let options = made.get(handle);
  if (options === undefined) {
    // A name that is spelt wrong is no property: in strict mode setting it throws.
    options = Object.preventExtensions(new Accessors(handle)) as unknown as SocketOptions;
    made.set(handle, options);
  }
  return options;
}
