// Trap 14: a child made by fork(2) shares the parent's poller: what it adds, deletes or
// waits for is the parent's. It is told so, and the parent's loop goes on undisturbed.
// V8 and JavaScriptCore keep their heaps out of such children, so that JavaScript ends
// with SIGSEGV there before it can do harm; a preloaded madvise(2) takes that away here.
// Without the checks (isForked() that says false) every call is let through, run() in
// the child waits in the parent's poller, and a close in the child takes the parent's
// registration away: all of these tests fail.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';

const addon = compiled('fork-addon.c');
const preload = compiled('fork-preload.c');

/** Runs `parent`; in it `inChild(work)` gives what `work` returned or threw in a child. */
function inProcess(parent: string, env: Record<string, string> = {}): unknown {
  return runChild(
    `const fork = require(${JSON.stringify(addon)});
    const { pipe2, read, write } = raw;
    const inChild = (work) => {
      const [from, to] = pipe2(0);
      const code = fork.inChild(() => {
        let said;
        try { said = String(work()); } catch (error) { said = error.code; }
        write(to, Buffer.from(said));
      });
      const answer = Buffer.alloc(200);
      return code === 0 ? answer.toString('latin1', 0, read(from, answer)) : 'exit ' + code;
    };
    ${parent}`,
    { env: { ...env, LD_PRELOAD: preload } },
  );
}

describe.runIf(process.platform === 'linux').each(['', 'checked'])(
  'after fork(2), backend %j',
  (backend) => {
    const env = { RAWLOOP_BACKEND: backend };

    it.each([
      ['run()', `loop.run()`],
      ["run('nowait')", `loop.run('nowait')`],
      ['attach()', `loop.attach()`],
      ['watch()', `loop.watch(fd, { read: true }, () => {})`],
      ['modify() of a watcher', `watcher.modify({ write: true })`],
      ['wake()', `loop.wake()`],
      ['a poller of its own', `poller.wait(new ReadyList(1), 0)`],
    ])('%s in the child is refused', (_call, call) => {
      const said = inProcess(
        `const fd = raw.eventfd(1);
      const loop = new EventLoop();
      const poller = createPoller();
      const watcher = loop.watch(raw.eventfd(0), { read: true }, () => {});
      report(inChild(() => ${call}));`,
        env,
      );
      expect(said).toBe('ERR_LOOP_FORKED');
    });

    it("a close in the child leaves the parent's registrations alone", () => {
      const said = inProcess(
        `const fd = raw.eventfd(1);
      const loop = new EventLoop();
      const watcher = loop.watch(fd, { read: true }, () => { watcher.close(); events++; });
      let events = 0;
      const child = inChild(() => { loop.close(); return loop.closed; });
      setImmediate(() => { loop.run(); report([child, events]); });`,
        env,
      );
      expect(said).toEqual(['true', 1]);
    });

    it('the parent goes on', () => {
      const said = inProcess(
        `const loop = new EventLoop();
      const child = inChild(() => loop.run());
      loop.setTimeout(() => report([child, 'parent']), 1);
      setImmediate(() => loop.run());`,
        env,
      );
      expect(said).toEqual(['ERR_LOOP_FORKED', 'parent']);
    });
  },
);
