// What a run leaves out, so that it goes on behind a fault that is known already:
// `npm run fuzz -- --without lengths,setters`.

/** Each with what it is about. */
export const OMISSIONS = {
  setters: 'setters of prototypes that run inside native code',
  numbers: 'descriptors that are closed by another and whose number is given out again',
  lengths: "typed arrays' subclasses with a length of their own",
  unaligned: 'views of odd addresses for the batches of streams',
  clearing: 'objects that are no timers for clearTimeout and clearImmediate',
};

const omitted = new Set((process.env.RAWLOOP_FUZZ_WITHOUT ?? '').split(','));

/** @param {keyof typeof OMISSIONS} what */
export function isWith(what) {
  return !omitted.has(what);
}
