// Proof that the fuzzer finds what it is for: a place of the addon is broken on purpose,
// and a run of few calls has to tell. Which places is mutant-table.mjs's; one that does not
// apply any more fails, as the source moved on without it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partSeed } from '../../test/fuzz/support/random.mjs';
import { root } from '../project.mjs';
import { buildAddon, buildFence } from './build.mjs';
import { MUTANTS } from './mutant-table.mjs';
import { runProcess } from './process.mjs';

const CALLS = { raw: 30_000, public: 6000, threads: 6000 };
const TRIES = 3;
const SILENCE_SECONDS = 20;

const KINDS = { raw: 'asan', public: 'asan', threads: 'tsan' };

/** @throws Error when the mutant is not one place of its file */
function editOf({ name, file, from, to }) {
  let isApplied = false;
  const edit = (source, text) => {
    if (source !== file) return text;
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`the mutant '${name}' does not apply to ${file}`);
    isApplied = true;
    return parts.join(to);
  };
  return { edit, isDone: () => isApplied };
}

function firstLine(what) {
  const line = what
    .split('\n')
    .find((text) =>
      /^finding |ERROR: |runtime error:|WARNING: Thread|hangs|leak of|ended with/.test(text),
    );
  const found = /"what":"([^"\n]{0,60})/.exec(line ?? '')?.[1];
  return (found ?? line ?? '').replace(/==\d+==/, '').slice(0, 60);
}

async function tryMutant(mutant, seed) {
  const kind = KINDS[mutant.part];
  const { edit, isDone } = editOf(mutant);
  const addon = buildAddon(kind, { folder: join(root, `.cache/fuzz/mutant-${kind}`), edit });
  if (!isDone()) throw new Error(`the mutant '${mutant.name}' has no file ${mutant.file}`);
  const script = `${mutant.part}.mjs`;
  let before = 0;
  for (let i = 0; i < TRIES; i++) {
    const args = [
      `${partSeed(seed, i)}`,
      `${CALLS[mutant.part]}`,
      ...(mutant.part === 'public' ? ['LOG'] : []),
    ];
    const result = await runProcess({
      kind,
      addon,
      fence: buildFence(kind),
      script,
      args,
      silenceSeconds: SILENCE_SECONDS,
    });
    if (!result.ok && mutant.tells.test(result.what)) {
      const call = /"call":(\d+)/.exec(result.what)?.[1];
      return { after: before + Number(call ?? result.calls), what: firstLine(result.what) };
    }
    before += result.calls;
  }
  return undefined;
}

/** What mutants do not apply to the sources any more: each was a proof that is gone. */
export function lostMutants() {
  return MUTANTS.flatMap((mutant) => {
    try {
      const text = readFileSync(join(root, 'native', mutant.file), 'utf8');
      editOf(mutant).edit(mutant.file, text);
      return [];
    } catch (error) {
      return [error.message];
    }
  });
}

/**
 * Prints a line for each whose name has `text` in it.
 *
 * @returns whether all were found
 */
export async function runMutants(seed, text = '') {
  console.log(
    `seed ${seed}\n${'mutant'.padEnd(50)}${'by'.padEnd(9)}${'after'.padStart(7)}  what was told`,
  );
  let missed = 0;
  const chosen = MUTANTS.filter(({ name }) => name.includes(text));
  for (const mutant of chosen) {
    const found = await tryMutant(mutant, seed);
    if (found === undefined) missed++;
    const tail =
      found === undefined ? '      -  NOT FOUND' : `${`${found.after}`.padStart(7)}  ${found.what}`;
    console.log(`${mutant.name.padEnd(50)}${mutant.part.padEnd(9)}${tail}`);
  }
  console.log(`${chosen.length - missed} of ${chosen.length} mutants found`);
  return missed === 0;
}
