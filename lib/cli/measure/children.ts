// The processes of rawloop demo: heard line by line, killed by whatever ends this
// process, and the end of one is the end of all.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

const KEPT_ERROR_BYTES = 4096;
const KILL_WAIT_MS = 2000;
/** It has some megabytes to write, on a busy machine. */
const FINISH_WAIT_MS = 20_000;
/** A client ends when its server does, and may be the first whose end is known. */
const LAST_WORDS_MS = 300;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The processes, from the first started to the last stopped. */
export class Children {
  readonly #all: Child[] = [];
  #stopping = false;
  #fail: (error: Error) => void = () => {};
  /** Rejects once one has ended that nobody stopped, with what it said. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#fail = reject;
  });

  /** Starts a command of this program. @param core to pin it to, or undefined */
  start(name: string, args: readonly string[], core: number | undefined): Child {
    const child = new Child(name, args, core, () => this.#onEnd());
    this.#all.push(child);
    return child;
  }

  /** Makes signals, and any other end, take the children along. */
  guard(onSignal: () => void): void {
    process.once('exit', () => this.#kill());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        onSignal();
        this.stop().then(() => process.exit(128 + constants.signals[signal]));
      });
    }
  }

  /** Kills all at once and waits until they are gone, but not for ever. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#kill();
    const deadline = performance.now() + KILL_WAIT_MS;
    while (this.#all.some((child) => !child.ended) && performance.now() < deadline) await sleep(5);
  }

  /**
   * Lets one end as it does by itself, so that it can write what it has to write. The
   * others may end with it.
   *
   * @throws Error when it does not end, or not well
   */
  async finish(child: Child): Promise<void> {
    this.#stopping = true;
    child.kill('SIGTERM');
    const deadline = performance.now() + FINISH_WAIT_MS;
    while (!child.ended && performance.now() < deadline) await sleep(5);
    if (!child.ended) throw new Error(`the ${child.name} did not end on SIGTERM`);
    if (!child.endedWell) throw new Error(child.lastWords);
  }

  #kill(): void {
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #onEnd(): void {
    if (this.#stopping) return;
    sleep(LAST_WORDS_MS).then(() => {
      // Ctrl-C ends them, too, and perhaps before this process hears of it.
      if (this.#stopping) return;
      // A server is started before its client.
      const first = this.#all.find((child) => child.ended) as Child;
      // A server that lives may have said why it closed a connection.
      const others = this.#all.filter((child) => !child.ended && child.said !== '');
      const words = others.map(({ name, said }) => `the ${name} said:\n${said}`);
      this.#fail(new Error([first.lastWords, ...words].join('\n')));
    });
  }
}

/** A process that runs a command of this program. */
export class Child {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #stderr = '';
  readonly #onEnd: () => void;
  #ended = false;
  #wake: () => void = () => {};

  constructor(name: string, args: readonly string[], core: number | undefined, onEnd: () => void) {
    this.name = name;
    this.#onEnd = onEnd;
    const pin = core === undefined ? [] : ['taskset', '-c', String(core)];
    const program = process.argv[1] as string;
    const [file, ...rest] = [...pin, process.execPath, program, ...args] as [string, ...string[]];
    const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    // It may end before it has read what we write; its end is what is reported.
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_ERROR_BYTES);
    });
    child.once('error', (error) => this.#hasEnded(error.message));
    child.once('close', () => this.#hasEnded());
  }

  #hasEnded(message = ''): void {
    this.#stderr += message;
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }

  /** taskset(1) turns into the program, so this is the program's own. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** By itself, with exit code 0. */
  get endedWell(): boolean {
    return this.#ended && this.#child.exitCode === 0;
  }

  /** How it ended, and what it wrote to stderr. */
  get lastWords(): string {
    const { exitCode, signalCode } = this.#child;
    const how =
      signalCode !== null ? `was killed by ${signalCode}` : `ended with exit code ${exitCode}`;
    return `the ${this.name} ${how}${this.said === '' ? '' : `:\n${this.said}`}`;
  }

  /** The last that it wrote to stderr, indented. */
  get said(): string {
    return this.#stderr.trimEnd().replace(/^(?=.)/gm, '  ');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /**
   * The next line of its output. When it ends there is none, and `Children.failed`
   * says so.
   *
   * @throws Error when there is none for `limitMs`
   */
  async nextLine(limitMs: number): Promise<string> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`the ${this.name} did not answer in ${limitMs / 1000} s`);
      await this.#output(leftMs);
    }
  }

  /** Waits until there is a line, at most for `ms`. */
  #output(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
