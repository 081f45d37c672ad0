// What Vitest's JSON report leaves out: it counts no failure for a file that could not be loaded,
// and none for one whose process ended before all of its tests had.

/** Paths of files that failed as a whole: none of their tests did. */
export function brokenFiles({ testResults = [] }) {
  return testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    .map(({ name }) => name);
}

/**
 * Paths of files that did not tell how each of their tests ended.
 *
 * @param files paths of all that were to run; without, those of the report
 */
export function lostFiles({ testResults = [] }, files = testResults.map(({ name }) => name)) {
  const told = new Map(testResults.map((result) => [result.name, result]));
  return files.filter((name) => {
    const { status, assertionResults } = told.get(name) ?? { assertionResults: [] };
    if (status === 'failed') return false;
    return (
      assertionResults.length === 0 || assertionResults.some((test) => test.status === 'pending')
    );
  });
}
