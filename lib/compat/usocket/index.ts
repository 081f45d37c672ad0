// rawloop/compat/usocket: the API of npm usocket, for programs that move to rawloop by an
// override. What differs is in docs/moving.md. See unix(7), SCM_RIGHTS.
export type { WithDescriptors } from './chunk.js';
export { type ListenOptions, UServer } from './server.js';
export { type ConnectTarget, type Message, USocket } from './socket.js';
