// The preloaded library as JavaScript sees it, see preload/control.c. It is one instance
// for the process: what one thread arms, another may disarm.
import { errnoOf } from './errnos.mjs';

/** Where the library is; the child was started with it preloaded. */
export const LIBRARY_VARIABLE = 'RAWLOOP_TORTURE_LIBRARY';
const SCOPES = { addon: 0, host: 1 };

export function loadControl() {
  const module = { exports: {} };
  process.dlopen(module, process.env[LIBRARY_VARIABLE]);
  const native = module.exports;
  const callOf = (name) => {
    const call = native.names.indexOf(name);
    if (call < 0) throw new Error(`the preloaded library knows no call '${name}'`);
    return call;
  };
  return {
    names: native.names,
    /** From now on: the point's use of its call fails. Without a point calls are counted. */
    arm(point, scope = 'addon') {
      if (point === undefined) return native.arm(SCOPES[scope], 0, 0, 0, 0);
      const first = Number.parseInt(point.use, 10);
      const lasting = point.use.endsWith('+') ? 1 : 0;
      native.arm(SCOPES[scope], callOf(point.call), errnoOf(point.errno), first, lasting);
    },
    disarm: () => native.disarm(),
    /** Runs `work`, whose calls on this thread neither count nor fail. */
    quietly(work) {
      native.hold();
      try {
        return work();
      } finally {
        native.release();
      }
    },
    struck: () => native.struck(),
    /** How often each call was made, by name. */
    uses: () =>
      Object.fromEntries(
        native.names.map((name, call) => [name, native.uses(call)]).filter(([, uses]) => uses > 0),
      ),
    limitDescriptors: (count) => native.limitDescriptors(count),
  };
}
