// The types of mirror.mjs, for tests in TypeScript.
import type { PathEvent } from '../../lib/paths/events.js';

/** What was told, applied: a tree of names, and what did not fit into it. */
export declare class Mirror {
  readonly faults: string[];
  readonly counts: Record<PathEvent['type'], number>;
  /** All paths, a slash behind those of folders, sorted. */
  get paths(): string[];
  apply(event: PathEvent): void;
}
export declare function pathsOnDisk(folder: string): string[];
export declare function difference(told: string[], disk: string[]): string[];
