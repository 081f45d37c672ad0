// rawloop echo: the same echo server in four models, to try and to measure.
import type { OnLoop } from './echo-models.js';
import { LOOP_MODELS, MODELS } from './models.js';
import {
  HELP_OPTION,
  openOutput,
  parseChoice,
  parseFile,
  parseHost,
  parseOptions,
  parsePort,
  type Serve,
  UsageError,
} from './usage.js';

const HELP = `Usage: rawloop echo [options]

Sends back what it receives, until SIGINT or SIGTERM.

Options:
  --model MODEL   loop     rawloop's loop owns the thread (default)
                  guest    rawloop's loop inside Node's
                  threads  one thread per connection, in C++
                  net      node:net, to compare
  --port N        0 to 65535; 0 (default): the kernel picks one
  --host H        an IPv4 or IPv6 address; default 127.0.0.1
  --spin-ms N     loop: asks for N ms before it sleeps, 0 to 1000; default 0
  --trace FILE    loop and guest: record the loop, and write at the end what it did
                  last, for ui.perfetto.dev
  -h, --help      this text

It prints one line, 'listening on HOST:PORT', once it accepts connections.

Exit code 0: a signal ended it; 1: it cannot listen, or FILE cannot be written;
2: a wrong option.
`;

const OPTIONS = {
  model: { type: 'string', default: 'loop' },
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  'spin-ms': { type: 'string', default: '0' },
  trace: { type: 'string' },
  help: HELP_OPTION,
} as const;

function parseSpin(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (ms >= 0 && ms <= 1000) return ms;
  throw new UsageError(`--spin-ms must be a number from 0 to 1000, not '${text}'`);
}

/** What records the loop, and writes the trace as the process ends. @throws Error at once */
async function traceInto(file: string): Promise<OnLoop> {
  const fd = openOutput(file, 'w');
  const { FlightRecorder, writeTrace } = await import('../inspect/index.js');
  return (loop) => {
    const recorder = new FlightRecorder(loop).start();
    process.once('exit', () => writeTrace(recorder, fd));
  };
}

/** @throws UsageError; SystemError when it cannot listen; Error when the trace cannot be */
export async function run(args: string[]): Promise<Serve | undefined> {
  const values = parseOptions(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const model = parseChoice('model', values.model, MODELS);
  const place = { host: parseHost(values.host), port: parsePort(values.port) };
  const spinMs = parseSpin(values['spin-ms']);
  if (spinMs > 0 && model !== 'loop') throw new UsageError('--spin-ms needs --model loop');
  const trace = parseFile('trace', values.trace);
  if (trace !== undefined && !LOOP_MODELS.includes(model)) {
    throw new UsageError(`--trace needs --model ${LOOP_MODELS.join(' or ')}, not '${model}'`);
  }
  const onLoop = trace === undefined ? undefined : await traceInto(trace);
  const { announce, startModel } = await import('./echo-models.js');
  return () => {
    // Not awaited where there is nothing to wait for: see Serve.
    const started = startModel(model, { ...place, spinMs }, onLoop);
    if (started instanceof Promise) return started.then((server) => announce(model, server));
    announce(model, started);
  };
}
