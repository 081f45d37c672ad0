// What statfs(2) says of a file system, in the shape of Node's fs.StatFs.

// The order in which native/jobs/fs_status.cc writes them.
const FIELDS = ['type', 'bsize', 'blocks', 'bfree', 'bavail', 'files', 'ffree'] as const;
/** Behind them: how it is mounted, which Node does not tell. */
export const STATFS_MOUNTED = FIELDS.length;

/** statfs(2) in numbers. */
export class StatFs {
  /** The kernel's number for the kind of file system. */
  declare readonly type: number;
  /** The size of a block that is best for transfers, in bytes. */
  declare readonly bsize: number;
  /** Blocks of that size. */
  declare readonly blocks: number;
  /** Of these, free. */
  declare readonly bfree: number;
  /** Of these, free for who is not root. */
  declare readonly bavail: number;
  /** Inodes. */
  declare readonly files: number;
  /** Of these, free. */
  declare readonly ffree: number;

  /** @internal */
  constructor(numbers: Float64Array, at: number) {
    FIELDS.forEach((name, i) => {
      (this as Record<string, unknown>)[name] = numbers[at + i];
    });
  }
}

/** statfs(2) in BigInts: exact. */
export class BigIntStatFs {
  /** The kernel's number for the kind of file system. */
  declare readonly type: bigint;
  /** The size of a block that is best for transfers, in bytes. */
  declare readonly bsize: bigint;
  /** Blocks of that size. */
  declare readonly blocks: bigint;
  /** Of these, free. */
  declare readonly bfree: bigint;
  /** Of these, free for who is not root. */
  declare readonly bavail: bigint;
  /** Inodes. */
  declare readonly files: bigint;
  /** Of these, free. */
  declare readonly ffree: bigint;

  /** @internal */
  constructor(integers: BigInt64Array, at: number) {
    FIELDS.forEach((name, i) => {
      (this as Record<string, unknown>)[name] = integers[at + i];
    });
  }
}
