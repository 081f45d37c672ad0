// Socket options by name: what is loaded when one is first named.

export { checkChange, getByName, makeChange } from './access.js';
export { optionsOf } from './accessors.js';
export { initialChanges } from './changes.js';
