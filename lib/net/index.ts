// TCP: what the public loop takes from this family.
export { connect, listen } from './listen.js';
export { Server } from './server.js';
export { Socket } from './socket.js';
