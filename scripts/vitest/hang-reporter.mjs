// Ends a test process that is stuck. Vitest's own limits need a turn of the
// test's event loop, and a loop that blocks its thread for ever gives none: the
// run would hang without a word. Here the file is named and its process killed,
// which fails that file; the others go on.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECK_EVERY_MS = 5_000;

export class HangReporter {
  #limitMs;
  #folder = mkdtempSync(join(tmpdir(), 'rawloop-tests-'));
  #lastSeenMs = new Map();
  #timer;

  /** A file with no news for `limitMs` is stuck; more than any test's own limit. */
  constructor(limitMs) {
    this.#limitMs = limitMs;
    process.env.RAWLOOP_TEST_NOTES = this.#folder;
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
  }

  onTestRunStart() {
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
  }

  onTestModuleQueued({ moduleId }) {
    this.#lastSeenMs.set(moduleId, Number.POSITIVE_INFINITY);
  }

  onTestModuleStart(module) {
    this.#see(module);
  }

  onTestModuleCollected(module) {
    this.#see(module);
  }

  onTestCaseResult({ module }) {
    this.#see(module);
  }

  onTestModuleEnd({ moduleId }) {
    this.#lastSeenMs.delete(moduleId);
  }

  onTestRunEnd() {
    clearInterval(this.#timer);
  }

  #see({ moduleId }) {
    if (this.#lastSeenMs.has(moduleId)) this.#lastSeenMs.set(moduleId, performance.now());
  }

  /** Which process runs which file: `{ path, pid, moduleId }` of each note. */
  #notes() {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder).map((name) => {
      const path = join(this.#folder, name);
      return { path, pid: Number(name), moduleId: readFileSync(path, 'utf8') };
    });
  }

  #check() {
    for (const { moduleId } of this.#notes()) {
      // Its first sign of life may be the note alone.
      if (this.#lastSeenMs.get(moduleId) === Number.POSITIVE_INFINITY) this.#see({ moduleId });
    }
    for (const [moduleId, seenMs] of this.#lastSeenMs) {
      if (performance.now() - seenMs > this.#limitMs) this.#kill(moduleId);
    }
  }

  #kill(moduleId) {
    this.#lastSeenMs.delete(moduleId);
    console.error(`stuck for ${this.#limitMs / 1000} s, killed: ${moduleId}`);
    for (const note of this.#notes().filter((each) => each.moduleId === moduleId)) {
      rmSync(note.path);
      try {
        process.kill(note.pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }
}
