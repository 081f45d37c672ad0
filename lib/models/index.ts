// Servers to compare the loop with.
export { ThreadPerConnectionServer } from './thread-per-connection.js';
