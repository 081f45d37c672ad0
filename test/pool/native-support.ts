// Addons of others for the tests of include/rawloop.h, built in folders of their own.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, root } from '../package/support.js';

/** examples/native-job. */
export interface NativeJob {
  sum(open: object, bytes: Uint8Array, lane?: string): Promise<number>;
  watch(open: object, fd: number, callback: (fd: number, events: number) => void): number;
  modify(open: object, id: number, events: number): number;
  unwatch(open: object, id: number): number;
}

export const { hasCommand, headerEnv } = (await import('../../scripts/project.mjs' as string)) as {
  hasCommand(name: string): boolean;
  headerEnv(): NodeJS.ProcessEnv;
};

export const BUILD_LIMIT_MS = 120_000;
const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** The example as a project of its own, with what it reads of the package. */
export function project(): string {
  const folder = makeFolder();
  const example = join(folder, 'examples/native-job');
  mkdirSync(join(folder, 'examples'));
  cpSync(join(root, 'examples/native-job'), example, { recursive: true });
  symlinkSync(join(root, 'include'), join(folder, 'include'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return example;
}

export function build(folder: string, tool: string, args: string[]): void {
  execFileSync(bin(tool), args, { cwd: folder, env: headerEnv(), stdio: 'pipe' });
}
