// rawloop echo: the same echo server in four models, to try and to measure.
import { openSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FlightRecorder, writeTrace } from '../inspect/index.js';
import { addressText } from '../net/endpoint.js';
import { type EchoServer, LOOP_MODELS, MODELS, type OnLoop, startModel } from './echo-models.js';
import { parseChoice, parseHost, parsePort, UsageError } from './usage.js';

export const summary = 'an echo server in one of four models';

const HELP = `Usage: rawloop echo [options]

Sends back what it receives, until SIGINT or SIGTERM.

Options:
  --model MODEL   loop     rawloop's loop owns the thread (default)
                  guest    rawloop's loop inside Node's
                  threads  one thread per connection, in C++
                  net      node:net, to compare
  --port N        0 to 65535; 0 (default): the kernel picks one
  --host H        an IPv4 or IPv6 address; default 127.0.0.1
  --trace FILE    loop and guest: record the loop, and write at the end what it did
                  last, for ui.perfetto.dev
  -h, --help      this text

It prints one line, 'listening on HOST:PORT', once it accepts connections.
`;

const OPTIONS = {
  model: { type: 'string', default: 'loop' },
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  trace: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Records the loop and writes the trace as the process ends.
 *
 * @throws Error ENOENT, EACCES, ... now and not at the end, when it would be lost
 */
function traceInto(file: string): OnLoop {
  const fd = openSync(file, 'w');
  return (loop) => {
    const recorder = new FlightRecorder(loop).start();
    process.once('exit', () => writeTrace(recorder, fd));
  };
}

/** @throws UsageError; SystemError when it cannot listen; Error when the trace cannot be */
export function run(args: string[]): void | Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const model = parseChoice('model', values.model, MODELS);
  const place = { host: parseHost(values.host), port: parsePort(values.port) };
  if (values.trace !== undefined && !LOOP_MODELS.includes(model)) {
    throw new UsageError(`--trace needs --model ${LOOP_MODELS.join(' or ')}, not '${model}'`);
  }
  const onLoop = values.trace === undefined ? undefined : traceInto(values.trace);
  const announce = (server: EchoServer) => {
    process.stdout.write(`rawloop echo (${model}) listening on ${addressText(server.address)}\n`);
    server.serve();
  };
  // Not awaited where there is nothing to wait for: a loop that owns the thread
  // must not start inside a promise callback.
  const started = startModel(model, place, onLoop);
  if (started instanceof Promise) return started.then(announce);
  announce(started);
}
