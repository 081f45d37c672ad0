// TCP and Unix sockets: what the public loop takes from this family.
export { connect } from './connect.js';
export { listen } from './listen.js';
export { Server } from './server.js';
export { Socket } from './socket.js';
