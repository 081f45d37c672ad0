// Datagrams: what the public loop takes from this family.
export { IpDatagramAddress, RawDatagramAddress, UnixDatagramAddress } from './address.js';
export { dgram } from './open.js';
export { DatagramSocket } from './socket.js';
