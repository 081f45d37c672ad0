// Work off the loop: what the public loop takes from the pool and its requests.
export { CryptoRequests } from './crypto/crypto.js';
export { NameLookups } from './dns/lookups.js';
export { ForeignWork } from './foreign.js';
export { Dir } from './fs/dir.js';
export { Dirent } from './fs/dirent.js';
export { FileRequests } from './fs/fs.js';
export { FileHandle } from './fs/handle.js';
export { toPath } from './fs/path.js';
export { BigIntStatFs, StatFs } from './fs/statfs.js';
export { BigIntStats, Stats } from './fs/stats.js';
export { FileWork } from './fs/work.js';
export { FileWriter } from './fs/writer.js';
export { LoopPool } from './loop-pool.js';
export { ThreadPool } from './pool.js';
