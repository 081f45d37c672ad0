// Work off the loop: what the public loop takes from the pool and its requests.
export { CryptoRequests } from './crypto/crypto.js';
export { ForeignWork } from './foreign.js';
export { FileRequests } from './fs/fs.js';
export { BigIntStats, Stats } from './fs/stats.js';
export { LoopPool } from './loop-pool.js';
export { ThreadPool } from './pool.js';
