// Names the test files that did not tell how each of their tests ended, as their process was
// killed, crashed or ended by itself. Vitest says that a worker exited, but not of which file,
// and its JSON report has such a file among those that passed: see report.mjs.
import { relative } from 'node:path';

export class LostReporter {
  #asked = [];

  onTestRunStart(specifications) {
    this.#asked = specifications.map(({ moduleId }) => moduleId);
  }

  onTestRunEnd(modules, _errors, reason) {
    // By somebody at the terminal, who has the rest not run.
    if (reason === 'interrupted') return;
    const told = new Map(modules.map((module) => [module.moduleId, module]));
    for (const moduleId of this.#asked) {
      const why = whyLost(told.get(moduleId));
      if (why === undefined) continue;
      console.error(`lost: ${relative(process.cwd(), moduleId)}: ${why}`);
      process.exitCode = 1;
    }
  }
}

/** Undefined: each of its tests has an outcome, or the file has failed as a whole. */
function whyLost(module) {
  if (module === undefined) return 'nothing was heard of it';
  if (module.state() === 'failed') return undefined;
  const tests = [...module.children.allTests()];
  if (tests.length === 0) return 'its process ended before it had told its tests';
  const open = tests.filter((test) => test.result().state === 'pending').length;
  return open === 0 ? undefined : `its process ended before ${open} of ${tests.length} tests`;
}
