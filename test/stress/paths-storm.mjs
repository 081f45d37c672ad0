// A process of test/stress/paths.mjs: makes, renames and removes files and trees below a folder, and
// moves them out of it and back, all at random: `node paths-storm.mjs FOLDER OUTSIDE SEED COUNT`.
// Others do the same there, so that any step may fail, which is no matter.
import * as fs from 'node:fs';
import { join } from 'node:path';

const [folder, outside, seed, count] = process.argv.slice(2);
const NAMES = ['a', 'b', 'c', 'd', 'e', 'é'];
const MOST_DEEP = 5;

/** Marsaglia's xorshift: the same seed, the same course. */
let state = Number(seed) | 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

/** A path that may be there, few levels down as a rule. */
function place() {
  const names = Array.from({ length: 1 + Math.min(below(MOST_DEEP), below(MOST_DEEP)) }, () => {
    return NAMES[below(NAMES.length)];
  });
  return join(folder, ...names);
}

const hidden = () => join(outside, `${seed}-${below(4)}`);

const STEPS = [
  () => fs.writeFileSync(place(), 'x'),
  () => fs.writeFileSync(place(), 'x'),
  () => fs.mkdirSync(place()),
  () => fs.mkdirSync(place(), { recursive: true }),
  // Made before anybody can watch it.
  () => {
    const made = place();
    fs.mkdirSync(made);
    fs.writeFileSync(join(made, 'a'), 'x');
    fs.mkdirSync(join(made, 'b'));
    fs.writeFileSync(join(made, 'b', 'c'), 'x');
  },
  () => fs.renameSync(place(), place()),
  () => fs.renameSync(place(), place()),
  () => fs.unlinkSync(place()),
  () => fs.rmSync(place(), { recursive: true }),
  () => fs.renameSync(place(), hidden()),
  () => fs.renameSync(hidden(), place()),
  () => fs.symlinkSync(below(2) === 0 ? folder : 'nowhere', place()),
];

for (let i = 0; i < Number(count); i++) {
  try {
    STEPS[below(STEPS.length)]();
  } catch (error) {
    if (error.syscall === undefined) throw error;
  }
}
