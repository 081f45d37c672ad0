// Addons of others for the tests of include/rawloop.h, built in folders of their own.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from '../../lib/raw/constants.js';
import { check, close, eventfd, write } from '../../lib/raw/index.js';
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

const events: number[] = [];

/** A descriptor that is readable once it was rung. */
export function event(): number {
  const fd = check(eventfd(0, constants['EFD_NONBLOCK'] as number), 'eventfd');
  events.push(fd);
  return fd;
}
export const ring = (fd: number) => write(fd, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));

/** Behind each test. */
export function closeEvents(): void {
  for (const fd of events.splice(0)) close(fd);
}
