// rawloop echo: the same echo server in four models, to try and to measure.
import { parseArgs } from 'node:util';
import type { Address } from '../binding/index.js';
import { type EchoServer, MODELS, startModel } from './echo-models.js';
import { parseChoice, parseHost, parsePort } from './usage.js';

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
  -h, --help      this text

It prints one line, 'listening on HOST:PORT', once it accepts connections.
`;

const OPTIONS = {
  model: { type: 'string', default: 'loop' },
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function placeOf(address: Address): string {
  if (!('port' in address)) return 'an unknown address';
  const host = address.family === 'ipv6' ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}

/** @throws UsageError; SystemError when it cannot listen */
export function run(args: string[]): void | Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const model = parseChoice('model', values.model, MODELS);
  const place = { host: parseHost(values.host), port: parsePort(values.port) };
  const announce = (server: EchoServer) => {
    process.stdout.write(`rawloop echo (${model}) listening on ${placeOf(server.address)}\n`);
    server.serve();
  };
  // Not awaited where there is nothing to wait for: a loop that owns the thread
  // must not start inside a promise callback.
  const started = startModel(model, place);
  if (started instanceof Promise) return started.then(announce);
  announce(started);
}
