// Callbacks that run in one phase of every iteration: idle, prepare and check
// handles, as libuv has them.

import { nameOf } from '../base/names.js';
import { SHOWN, shown } from '../base/shown.js';

/** What a hook needs of its loop. */
export interface HookOwner {
  retain(): void;
  release(): void;
  wakeHost(): void;
}

/** Called once an iteration, with its own hook: `hook.close()` ends it. */
export type HookCallback = (hook: PhaseHook) => void;

/** One such callback, until it is closed. */
export class PhaseHook {
  readonly #owner: HookOwner;
  readonly #list: HookList;
  /** @internal */ readonly callback: HookCallback;
  #active = true;
  #referenced = true;

  /** @internal */
  constructor(owner: HookOwner, list: HookList, callback: HookCallback) {
    this.#owner = owner;
    this.#list = list;
    this.callback = callback;
    owner.retain();
  }

  /** True until it is closed. */
  get active(): boolean {
    return this.#active;
  }

  /** Lets it keep the loop alive. Idempotent. */
  ref(): this {
    if (!this.#referenced && this.#active) this.#owner.retain();
    this.#referenced = true;
    return this;
  }

  /** Lets the loop end although it is active. Idempotent. */
  unref(): this {
    if (this.#referenced && this.#active) this.#owner.release();
    this.#referenced = false;
    return this;
  }

  /** Whether it keeps the loop alive while it is active. */
  hasRef(): boolean {
    return this.#referenced;
  }

  /** The callback is not called again. Idempotent. */
  close(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#list.remove(this);
    if (this.#referenced) this.#owner.release();
  }

  /** @internal */
  describe(): string {
    return `PhaseHook ${nameOf(this.callback)}`;
  }

  /** @internal */
  [SHOWN](): string {
    return shown(
      'PhaseHook',
      this.#active ? 'active' : 'closed',
      this.hasRef() ? undefined : 'unref',
    );
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The hooks of one phase, in start order. */
export class HookList {
  #hooks: PhaseHook[] = [];
  /** Those of the run under way, which goes on behind one that threw. */
  #running: readonly PhaseHook[] = [];
  #next = 0;
  #hasNew = false;

  get size(): number {
    return this.#hooks.length;
  }

  /** Whether one came since the phase was over last; what comes in it is for the next. */
  get hasNew(): boolean {
    return this.#hasNew;
  }

  add(owner: HookOwner, callback: HookCallback): PhaseHook {
    const hook = new PhaseHook(owner, this, callback);
    this.#hooks = [...this.#hooks, hook];
    this.#hasNew = true;
    owner.wakeHost();
    return hook;
  }

  remove(hook: PhaseHook): void {
    this.#hooks = this.#hooks.filter((other) => other !== hook);
  }

  /** The phase begins, or goes on where a throw left it. */
  begin(): void {
    if (this.#next < this.#running.length) return;
    this.#running = this.#hooks;
    this.#next = 0;
  }

  /** The next hook to call; undefined at the end of the phase. */
  take(): PhaseHook | undefined {
    while (this.#next < this.#running.length) {
      const hook = this.#running[this.#next++] as PhaseHook;
      if (hook.active) return hook;
    }
    this.#hasNew = false;
    return undefined;
  }

  closeAll(): void {
    for (const hook of this.#hooks) hook.close();
  }
}
