// All entry points in one program, which have to share one instance in a bundle as well.
import { EventLoop, SystemError } from 'rawloop';
import { FlightRecorder, toTrace } from 'rawloop/inspect';
import { toDuplex } from 'rawloop/node';
import * as raw from 'rawloop/raw';

const loop = new EventLoop();
const recorder = new FlightRecorder(loop).start();
const [readEnd, writeEnd] = raw.pipe2();
let got = '';
loop.watch(readEnd, { read: true }, (_ready, watcher) => {
  const bytes = new Uint8Array(64);
  got = Buffer.from(bytes.subarray(0, raw.read(readEnd, bytes))).toString();
  watcher.close();
});
raw.write(writeEnd, Buffer.from('a pipe'));
setImmediate(async () => {
  loop.run();
  const { size } = await statOnLoop();
  const [from, to] = raw.pipe2();
  toDuplex(loop.stream(to)).end(got);
  for await (const chunk of toDuplex(loop.stream(from))) got = String(chunk);
  loop.close();
  const one = raw.SystemError === SystemError && toTrace(recorder).traceEvents.length > 3;
  console.log(`entries: ${got}, ${one && size > 0 ? 'one instance' : 'something is missing'}`);
});

/** A request of the pool, inside the host's loop. */
function statOnLoop() {
  loop.attach();
  return loop.fs.stat(process.execPath);
}
