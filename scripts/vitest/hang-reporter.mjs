// Ends a test process that is stuck. Vitest's own limits need a turn of the
// test's event loop, and a loop that blocks its thread for ever gives none: the
// run would hang without a word. Here the file is named and its process killed,
// which fails that file; the others go on.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #see({ moduleId }) {
    if (this.#lastSeenMs.has(moduleId)) this.#lastSeenMs.set(moduleId, performance.now());
  }

  #check() {
    for (const name of readdirSync(this.#folder)) {
      const moduleId = readFileSync(join(this.#folder, name), 'utf8');
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
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (readFileSync(path, 'utf8') !== moduleId) continue;
      rmSync(path);
      process.kill(Number(name), 'SIGKILL');
    }
  }
}
