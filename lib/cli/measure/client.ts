// rawloop demo-client, which demo and compare start: a load client on a loop that owns
// its thread, so it is told what to do by lines on stdin and answers each with a line
// of JSON on stdout. See protocol.ts for both.
import { writeSync } from 'node:fs';
import { EventLoop } from '../../faces/event-loop.js';
import { read } from '../../raw/descriptors.js';
import type { Serve } from '../usage.js';
import { Load } from './load.js';
import type { Answer, Command } from './protocol.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

class Client {
  // There are no promises here: nothing to look for between two messages.
  readonly #loop = new EventLoop({ drain: 'batch' });
  #load: Load | undefined;
  #serverPid: number | undefined;
  #text = '';

  run(): void {
    const bytes = new Uint8Array(4096);
    this.#loop.watch(STDIN, { read: true }, () => {
      const count = read(STDIN, bytes);
      if (count <= 0) this.#abandoned();
      this.#text += Buffer.from(bytes.subarray(0, count)).toString();
      const lines = this.#text.split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) this.#obey(JSON.parse(line) as Command);
    });
    this.#loop.run();
  }

  #obey(command: Command): void {
    const answer = (figures: Answer) => {
      writeSync(STDOUT, `${JSON.stringify(figures)}\n`);
    };
    switch (command.do) {
      case 'target':
        this.#serverPid = command.pid;
        this.#load = new Load(this.#loop, command.port, (fault) => this.#fail(fault));
        this.#load.setConnections(0, answer);
        break;
      case 'connections':
        this.#load?.setConnections(command.count, answer);
        break;
      case 'run':
        this.#load?.run(command.rampMs, command.windowMs, answer);
        break;
    }
  }

  #fail(fault: string): never {
    writeSync(STDERR, `${fault}\n`);
    process.exit(1);
  }

  /** The demo is gone, perhaps killed: the server would serve for ever. */
  #abandoned(): never {
    try {
      if (this.#serverPid !== undefined) process.kill(this.#serverPid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    process.exit(0);
  }
}

export async function run(): Promise<Serve> {
  return () => new Client().run();
}
