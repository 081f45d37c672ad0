// loop.spawn: a process from a description. Everything is checked before anything is opened,
// all is opened before there is a process, and what fails leaves neither a process nor a
// descriptor.
import { abortError, throwIfAborted } from '../base/abort.js';
import { checkHandlerNames, type OptionNames } from '../base/options.js';
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { endOnAbort, whenClosed } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { SystemError, type SystemErrorDetails, systemError } from '../raw/errors.js';
import { Child, type ChildHandlers } from './child.js';
import { spawnError, withArguments } from './errors.js';
import { LoopChildren, openProcess } from './exits.js';
import {
  FAILED_STEP,
  Part,
  PIDFD,
  STEPS,
  Step,
  stringsOf,
  TERMINAL_FD,
  wordsOf,
} from './layout.js';
import { type SpawnOptions, type SpawnSettings, spawnSettings } from './options.js';
import { OpenedStdio } from './stdio.js';
import { streamOf } from './streams.js';

const HANDLER_NAMES: OptionNames<ChildHandlers> = {
  stdout: true,
  stderr: true,
  exit: true,
  close: true,
};
/** None of ours. */
const NO_TERMINAL = -1;
const SIGKILL = constant('SIGKILL');
const ETIMEDOUT = -constant('ETIMEDOUT');

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
  const { slave } = settings;
  if (slave === undefined) return begin(loop, settings, handlers, NO_TERMINAL);
  const terminal = slave.hold();
  try {
    const child = begin(loop, settings, handlers, terminal);
    slave.begun();
    // Who has it under no descriptor may open it yet.
    if (settings.stdio.includes('terminal')) slave.letGo();
    else whenClosed(child, () => slave.letGo());
    return child;
  } catch (error) {
    slave.letGo();
    throw error;
  }
}

/** All is checked. */
function begin(
  loop: HandleLoop,
  settings: SpawnSettings,
  handlers: ChildHandlers,
  terminal: number,
): Child {
  const children = LoopChildren.of(loop);
  const stdio = openFor(settings, terminal);
  let started: Process;
  try {
    started = start(children, settings, stdio, terminal);
  } catch (error) {
    stdio.closeAll();
    children.stopListening();
    throw error;
  }
  stdio.closeTheirs();
  const child = adopt(children, settings, handlers, started, stdio);
  limit(child, settings);
  return child;
}

interface Process {
  readonly pid: number;
  /** -1: there is none. */
  readonly pidfd: number;
}

function openFor({ args, stdio }: SpawnSettings, terminal: number): OpenedStdio {
  try {
    return new OpenedStdio(stdio, terminal);
  } catch (error) {
    throw error instanceof SystemError ? withArguments(error, args) : error;
  }
}

function start(
  children: LoopChildren,
  settings: SpawnSettings,
  stdio: OpenedStdio,
  terminal: number,
): Process {
  const { plan } = settings;
  if (children.kind === 'sigchld') children.listen();
  const parts = children.kind === 'pidfd' ? Part.PIDFD : 0;
  const words = wordsOf(plan, parts, stdio.theirs);
  if (terminal !== NO_TERMINAL) words[TERMINAL_FD] = terminal;
  const pid = children.native.spawn(words, stringsOf(plan));
  if (pid > 0) return { pid, pidfd: words[PIDFD] as number };
  const step = words[FAILED_STEP] as number;
  throw spawnError(pid, STEPS[step] ?? '', settings.args, placeOf(settings, step));
}

/** What a failed call was about. */
function placeOf({ file, plan, slave }: SpawnSettings, step: number): SystemErrorDetails {
  if (step === Step.DIRECTORY) return { path: plan.directory };
  const ofTerminal = step === Step.OPEN_TERMINAL || step === Step.TERMINAL;
  if (ofTerminal) return { path: slave?.path ?? plan.terminalPath };
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
  children: LoopChildren,
  settings: SpawnSettings,
  handlers: ChildHandlers,
  started: Process,
  stdio: OpenedStdio,
): Child {
  const { pid } = started;
  const end = endOf(children, started);
  let child: Child | undefined;
  try {
    child = new Child(children, { program: settings, pid, end }, handlers);
    for (let i = 0; i < stdio.ours.length; i++) {
      child.add(streamOf(child, settings.streams, handlers, stdio, i));
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
