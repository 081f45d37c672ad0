// What asks name servers, loaded with the first question: a program that looks names up by
// the C library, or not at all, does not pay for it. A file of its own in dist/; scripts/lazy.mjs.
import * as resolverFamily from './resolver.js';

export const resolver = () => resolverFamily;
