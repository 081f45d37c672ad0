// loop.spawn: a process from a description. Everything is checked before anything is opened,
// all is opened before there is a process, and what fails leaves neither a process nor a
// descriptor.
import { abortError, throwIfAborted } from '../base/abort.js';
import { checkHandlerNames, type OptionNames } from '../base/options.js';
import { native } from '../binding/index.js';
import type { Kind } from '../descriptor/kind.js';
import { DescriptorStream } from '../descriptor/stream.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { endOnAbort, whenClosed } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { SystemError, type SystemErrorDetails, systemError } from '../raw/errors.js';
import type { StreamSettings } from '../stream/group.js';
import { type Handlers, NO_HANDLERS } from '../stream/handlers.js';
import { groupOf } from '../stream/options.js';
import { BY_FILE, BY_UNIX } from '../stream/transfer.js';
import { Child, type ChildHandlers } from './child.js';
import { spawnError, withArguments } from './errors.js';
import { LoopChildren, openProcess } from './exits.js';
import { ChildInput } from './input.js';
import { Part, type Plan, STEPS, Step, stringsOf, wordsOf } from './layout.js';
import { type SpawnOptions, type SpawnSettings, spawnSettings } from './options.js';
import { type Opened, OpenedStdio } from './stdio.js';

const HANDLER_NAMES: OptionNames<ChildHandlers> = {
  stdout: true,
  stderr: true,
  exit: true,
  close: true,
};
const SIGKILL = constant('SIGKILL');
const ETIMEDOUT = -constant('ETIMEDOUT');
const O_NONBLOCK = constant('O_NONBLOCK');

const PIPE = { name: 'pipe', transfer: BY_FILE, shared: undefined, reopens: false };
/** Our ends, as loop.stream would find them. */
const READ_END: Kind = { ...PIPE, statusFlags: O_NONBLOCK, readable: true, writable: false };
const WRITE_END: Kind = { ...READ_END, readable: false, writable: true };
const SOCKET: Kind = { ...READ_END, name: 'socket', transfer: BY_UNIX, writable: true };

/** Starts a process. */
export function spawn(
  loop: HandleLoop,
  file: string,
  args: readonly string[],
  given: SpawnOptions,
  handlers: ChildHandlers = {},
): Child {
  const settings = spawnSettings(file, args, given);
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  throwIfAborted(settings.signal);
  if (loop.closed) throw loopClosed();
  const children = LoopChildren.of(loop);
  const stdio = openFor(settings);
  let started: Process;
  try {
    started = start(children, settings, stdio);
  } catch (error) {
    stdio.closeAll();
    children.stopListening();
    throw error;
  }
  stdio.closeTheirs();
  const child = adopt(loop, settings, handlers, started, stdio);
  limit(child, settings);
  return child;
}

interface Process {
  readonly pid: number;
  /** -1: there is none. */
  readonly pidfd: number;
}

function openFor({ args, stdio }: SpawnSettings): OpenedStdio {
  try {
    return new OpenedStdio(stdio);
  } catch (error) {
    throw error instanceof SystemError ? withArguments(error, args) : error;
  }
}

function start(children: LoopChildren, settings: SpawnSettings, stdio: OpenedStdio): Process {
  const hasPidfds = children.kind === 'pidfd';
  if (children.kind === 'sigchld') children.listen();
  const descriptors = stdio.entries.map(({ theirs }) => theirs);
  const parts = settings.plan.parts | (hasPidfds ? Part.PIDFD : 0);
  const plan: Plan = { ...settings.plan, parts, descriptors };
  const result = new Int32Array(2);
  const pid = children.native.spawn(wordsOf(plan), stringsOf(plan), result);
  const [pidfd = -1, step = 0] = result;
  if (pid > 0) return { pid, pidfd };
  throw spawnError(pid, STEPS[step] ?? '', settings.args, placeOf(settings, step));
}

/** What a failed call was about. */
function placeOf({ file, plan }: SpawnSettings, step: number): SystemErrorDetails {
  if (step === Step.DIRECTORY) return { path: plan.directory };
  const ofTerminal = step === Step.OPEN_TERMINAL || step === Step.TERMINAL;
  if (ofTerminal && plan.terminalPath !== undefined) return { path: plan.terminalPath };
  return { path: step === Step.NULL_DEVICE ? '/dev/null' : file };
}

/** What is readable once it has ended. */
function endOf(children: LoopChildren, { pid, pidfd }: Process): number | undefined {
  if (pidfd >= 0) return pidfd;
  try {
    return openProcess(children.kind, pid);
  } catch {
    // It has ended already, or there is no more than SIGCHLD to hear it by.
    return undefined;
  }
}

/** The handle of a process that runs. If there can be none, neither can the process. */
function adopt(
  loop: HandleLoop,
  { streams, ...settings }: SpawnSettings,
  handlers: ChildHandlers,
  started: Process,
  stdio: OpenedStdio,
): Child {
  const children = LoopChildren.of(loop);
  const { pid } = started;
  const end = endOf(children, started);
  let child: Child | undefined;
  try {
    child = new Child(loop, { ...settings, pid, end }, handlers);
    for (const [index, opened] of stdio.entries.entries()) {
      child.add(streamOf(child, streams, handlers, opened, index));
    }
  } catch (error) {
    native.kill(pid, SIGKILL);
    stdio.closeOurs(child?.streams.length ?? 0);
    if (child === undefined) {
      if (end !== undefined) native.close(end);
      children.native.leave(pid);
    }
    child?.discard();
    throw error;
  }
  child.begun();
  return child;
}

function streamOf(
  child: Child,
  streams: StreamSettings,
  handlers: ChildHandlers,
  { ours, wanted }: Opened,
  index: number,
): DescriptorStream | null {
  if (ours < 0) return null;
  const isInput = wanted === 'pipe' && index === 0;
  const kind = isInput ? WRITE_END : wanted === 'pipe' ? READ_END : SOCKET;
  const told = dataHandlers(child, handlers, index);
  const group = groupOf(streams, told, child, undefined, kind.transfer);
  const StreamClass = isInput ? ChildInput : DescriptorStream;
  const stream = new StreamClass(child.loop, group, kind, false);
  stream.takeOver(ours);
  return stream;
}

/** What comes from stdout and stderr is told by the child's handlers, if there are such. */
function dataHandlers(
  child: Child,
  handlers: ChildHandlers,
  index: number,
): Handlers<DescriptorStream> {
  const name = index === 1 ? 'stdout' : index === 2 ? 'stderr' : undefined;
  if (name === undefined || handlers[name] === undefined) return NO_HANDLERS;
  // With `close` there is somebody to hear of an error: the child.
  return { data: (_stream, chunk) => handlers[name]?.(child, chunk), close: () => {} };
}

/** What may end it early. */
function limit(child: Child, { file, signal, timeoutMs }: SpawnSettings): void {
  if (!child.active) return;
  if (signal !== undefined) {
    endOnAbort(child, signal, (target, from) => target.endFor(abortError(from)));
  }
  if (timeoutMs === undefined) return;
  const late = () => child.endFor(systemError(ETIMEDOUT, 'spawn', { path: file }));
  const timer = child.loop.setTimeout(late, timeoutMs);
  // The child itself keeps the loop alive.
  timer.unref();
  whenClosed(child, () => child.loop.clearTimeout(timer));
}
