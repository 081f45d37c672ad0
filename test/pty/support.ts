// What the tests of ptys share: a program on a pty of its own, and a talk with it.
import { readdirSync, readlinkSync } from 'node:fs';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { PtyOptions } from '../../lib/pty/options.js';
import type { Pty, PtyHandlers } from '../../lib/pty/pty.js';
import type { Child } from '../../lib/spawn/child.js';
import type { SpawnOptions } from '../../lib/spawn/options.js';
import type { ExitStatus } from '../../lib/spawn/status.js';
import { type DriveMode, drive } from '../support/drive.js';

/** How many sides of terminals this process has open: files to guardDescriptors, and so none of its. */
export function countTerminals(): number {
  if (process.platform !== 'linux') return 0;
  const folder = '/proc/self/fd';
  const kinds = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      // That of the folder.
      return '';
    }
  });
  return kinds.filter((kind) => /^\/dev\/(?:ptmx|pts\/)/.test(kind)).length;
}

/** What is to be shown, beginning behind what was waited for before, and what is done then. */
export type Step = readonly [shown: string | RegExp, then: (pty: Pty, child: Child) => void];

/** How a talk went. */
export interface Talk {
  readonly pty: Pty;
  readonly status: ExitStatus | undefined;
  /** All that was shown. */
  readonly text: string;
  /**
   * Callbacks of the master, each as it was called first, behind that of the child: which of the two
   * ends is told first is open.
   */
  readonly calls: string[];
  readonly error: Error | undefined;
}

export interface TalkOptions {
  readonly pty?: PtyOptions;
  readonly spawn?: SpawnOptions;
  /** Beside those that a talk has. */
  readonly handlers?: Pick<PtyHandlers, 'open' | 'drain'>;
}

/** Handlers that take the steps, one behind the other, as what they wait for is shown. */
function talker(steps: readonly Step[], onStep: (step: Step) => void) {
  let text = '';
  let at = 0;
  let next = 0;
  return {
    get text() {
      return text;
    },
    hear(chunk: Uint8Array): void {
      text += Buffer.from(chunk).toString('latin1');
      for (let step = steps[next]; step !== undefined; step = steps[next]) {
        const [shown] = step;
        const rest = text.slice(at);
        const found = typeof shown === 'string' ? rest.indexOf(shown) : rest.search(shown);
        if (found < 0) return;
        const length = typeof shown === 'string' ? shown.length : rest.match(shown)?.[0].length;
        at += found + (length as number);
        next++;
        onStep(step);
      }
    },
  };
}

/** Runs `command` on a pty of its own, in a loop that has nothing else, to the end of both. */
export async function talk(
  loop: EventLoop,
  mode: DriveMode,
  [file, ...args]: readonly [string, ...string[]],
  steps: readonly Step[] = [],
  options: TalkOptions = {},
): Promise<Talk> {
  const calls: string[] = [];
  const called = (name: string) => {
    if (!calls.includes(name)) calls.push(name);
  };
  let status: ExitStatus | undefined;
  let error: Error | undefined;
  const heard = talker(steps, ([, then]) => then(pty, child));
  const pty = loop.pty(options.pty, {
    ...options.handlers,
    data: (_master, chunk) => {
      called('data');
      heard.hear(chunk);
    },
    end: () => called('end'),
    close: (_master, told) => {
      called('close');
      error = told;
    },
  });
  const exit = (_child: Child, told: ExitStatus) => {
    calls.unshift('exit');
    status = told;
  };
  const child = loop.spawn(file, args, { ...options.spawn, controllingTerminal: pty }, { exit });
  await drive(loop, mode);
  return { pty, status, text: heard.text, calls, error };
}

/** `sh -c script`, as `talk`. */
export function talkToShell(
  loop: EventLoop,
  mode: DriveMode,
  script: string,
  steps?: readonly Step[],
  options?: TalkOptions,
): Promise<Talk> {
  return talk(loop, mode, ['/bin/sh', '-c', script], steps, options);
}
