// The last lines of `npm run prebuild:cross`: what was built and checked, and, apart from
// that, what ran. A target that could not be run here is not counted as one that did.

/**
 * @param {{ target: string, bytes?: number, failures: string[], skipped?: string }[]} rows
 * @returns the lines, and whether any row failed
 */
export function summarize(rows) {
  const good = rows.filter(({ failures }) => failures.length === 0);
  const ran = good.filter(({ skipped }) => skipped === undefined);
  const megabytes = rows.reduce((sum, { bytes = 0 }) => sum + bytes, 0) / 1e6;
  const notRun = good
    .filter(({ skipped }) => skipped !== undefined)
    .map(({ target, skipped }) => `skipped: ${target} was not run here: ${skipped}`);
  return {
    isFailed: good.length < rows.length,
    lines: [
      ...notRun,
      `${good.length} of ${rows.length} built and checked, ${megabytes.toFixed(1)} MB in all; ` +
        `${ran.length} of ${rows.length} run here`,
    ],
  };
}
