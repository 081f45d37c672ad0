// A method call over D-Bus that carries a descriptor: one connection to the bus opens a file
// and hands it to another, which may not know its name and reads it all the same. Usage:
// node examples/dbus/pass-descriptor.mjs [ADDRESS]; without, it starts a dbus-daemon of its own.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { defaultLoop } from 'rawloop';
import { check, close, read } from 'rawloop/raw';
import { Connection } from './support/connection.mjs';

/** A bus of our own, on a socket that nobody else knows; its address. */
function startBus() {
  const options = ['--session', '--nofork', '--nopidfile', '--print-address=1'];
  const daemon = spawn('dbus-daemon', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    daemon.once('error', () => {
      console.log('not available here: dbus-daemon is not installed');
      process.exit(77);
    });
    daemon.stdout.once('data', (line) => resolve({ address: `${line}`.trim(), daemon }));
  });
}

const given = process.argv[2];
const { address, daemon } = given === undefined ? await startBus() : { address: given };
const loop = defaultLoop();
const NAME = 'example.Reader';

/** Reads the first line of the file behind the descriptor, which is ours to close. */
function firstLine({ member, values: [index], fds }) {
  const bytes = Buffer.alloc(256);
  const count = check(read(fds[index], bytes), 'read');
  for (const fd of fds) close(fd);
  const [line] = bytes.toString('utf8', 0, count).split('\n');
  return { signature: 's', values: [`${member}: ${line}`] };
}

const reader = await new Connection(loop, address, firstLine).ready;
const caller = await new Connection(loop, address, () => ({})).ready;
console.log(`on the bus are ${reader.name}, who reads, and ${caller.name}, who opens`);

const fd = openSync(new URL(import.meta.url), 'r');
const call = {
  destination: reader.name,
  path: '/example/Reader',
  interface: NAME,
  member: 'FirstLine',
  // 'h' is the place of a descriptor among those that come along.
  signature: 'h',
};
const answer = caller.call(call, [0], [fd]);
// It is the kernel's by now.
closeSync(fd);
console.log(`the answer is '${(await answer)[0]}'`);

for (const connection of [reader, caller]) connection.close();
daemon?.kill();
