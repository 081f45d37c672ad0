// Other programs as events of the loop: one that is written to and read, one whose end says what
// went wrong, one that takes too long, and one that cannot be started at all.
import { defaultLoop } from 'rawloop';

const loop = defaultLoop();

async function sorted(lines) {
  const child = loop.spawn('sort', ['-n']);
  child.stdin.end(lines.join('\n'));
  const chunks = [];
  // What comes waits for this loop, and the child for it.
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks).toString().trim().split('\n').join(' ');
}

console.log('sorted:', await sorted([10, 9, 100]));

const failing = loop.spawn(
  'sh',
  ['-c', 'echo "no such thing" >&2; exit 3'],
  {},
  {
    stderr: (_child, chunk) => console.log('it says:', Buffer.from(chunk).toString().trim()),
  },
);
// It has closed once all that it wrote was told; `exited` may be earlier.
await failing.closed;
console.log('it exits with', failing.status?.code);

const slow = loop.spawn('sleep', ['60'], { stdio: 'ignore', timeoutMs: 50, killSignal: 'SIGKILL' });
const { signal } = await slow.exited;
console.log('it took too long:', signal, slow.error?.code);

try {
  loop.spawn('no-such-program', ['--now']);
} catch (error) {
  console.log('never started:', error.syscall, error.code, error.path, error.spawnargs);
}
