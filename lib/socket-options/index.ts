// Socket options by name: what is loaded when one is first named.

export { getByName, setByName } from './access.js';
export { optionsOf } from './accessors.js';
export { initialChanges } from './changes.js';
