// Where the faces find what they make: a function for each family. It is the one file that
// imports families as values, so that they can be loaded on first use: in dist/ each is a
// file of its own, which its function requires when it is first called, and the imports
// below are gone. The build refuses any other form than these lines; scripts/lazy.mjs.
import * as datagramFamily from '../datagram/index.js';
import * as descriptorFamily from '../descriptor/index.js';
import * as dnsFamily from '../dns/index.js';
import * as hostCryptoFamily from '../host-crypto/index.js';
import * as netFamily from '../net/index.js';
import * as pathsFamily from '../paths/index.js';
import * as poolFamily from '../pool/index.js';
import * as processFamily from '../process/index.js';
import * as ptyFamily from '../pty/index.js';
import * as spawnFamily from '../spawn/index.js';
import * as terminalFamily from '../terminal/index.js';
import * as watchFamily from '../watch/index.js';
import * as workersFamily from '../workers/index.js';
import * as zlibFamily from '../zlib/index.js';

export const datagram = () => datagramFamily;
export const descriptor = () => descriptorFamily;
export const dns = () => dnsFamily;
export const hostCrypto = () => hostCryptoFamily;
export const net = () => netFamily;
export const paths = () => pathsFamily;
export const pool = () => poolFamily;
export const process = () => processFamily;
export const pty = () => ptyFamily;
export const spawn = () => spawnFamily;
export const terminal = () => terminalFamily;
export const watch = () => watchFamily;
export const workers = () => workersFamily;
export const zlib = () => zlibFamily;
