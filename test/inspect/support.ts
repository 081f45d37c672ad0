// What the tests of recordings share: a loop that echoes once, with one callback of
// each kind, while it is recorded.
import type { EventLoop } from '../../lib/faces/event-loop.js';
import {
  type CallbackRecord,
  FlightRecorder,
  type FlightRecorderOptions,
  type WaitRecord,
} from '../../lib/inspect/index.js';
import { newLoop, outside } from '../loop/support.js';

/** Starts an echo of one message: server and client in one loop, which ends after it. */
export function echo(loop: EventLoop): { port: number } {
  const server = loop.listen(
    { port: 0, host: '127.0.0.1' },
    { data: (socket, chunk) => void socket.write(chunk) },
  );
  const { port } = server.address as { port: number };
  loop.connect(
    { port },
    {
      open: (socket) => void socket.write('ping'),
      data: (socket) => socket.end(),
      close: () => server.close(),
    },
  );
  return { port };
}

/** Records a loop of its own that does `work` to its end. */
export async function recorded(
  work: (loop: EventLoop) => void,
  options?: FlightRecorderOptions,
): Promise<FlightRecorder> {
  const loop = newLoop();
  const recorder = new FlightRecorder(loop, options).start();
  work(loop);
  await outside(() => loop.run());
  return recorder.stop();
}

export function waitsOf(recorder: FlightRecorder): WaitRecord[] {
  return recorder.records().filter((record) => record.kind === 'wait');
}

export function callbacksOf(recorder: FlightRecorder): CallbackRecord[] {
  return recorder.records().filter((record) => record.kind === 'callback');
}
