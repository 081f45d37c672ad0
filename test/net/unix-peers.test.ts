// Unix sockets with a peer that is no rawloop: socat, for each kind of address. Without socat
// these are skipped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { isLinux, someName, somePath, type Type } from './unix-support.js';

const hasSocat = spawnSync('socat', ['-V'], { stdio: 'ignore' }).status === 0;
/** As socat numbers them: SOCK_STREAM and SOCK_SEQPACKET of Linux. */
const NUMBERS: Record<Type, number> = { stream: 1, seqpacket: 5 };

const KINDS: [name: string, type: Type, abstract: boolean][] = [
  ['a path, stream', 'stream', false],
  ['a path, records', 'seqpacket', false],
  ['an abstract name, stream', 'stream', true],
  ['an abstract name, records', 'seqpacket', true],
];

guardDescriptors();
const test = eachWithLoop();
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** What socat, told to go from its standard input to `address`, has got when it ends. */
function socat(address: string, input?: string): { child: ChildProcess; output: Promise<string> } {
  const child = spawn('socat', ['-', address], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  if (input !== undefined) child.stdin.end(input);
  return { child, output: new Promise((resolve) => child.on('close', () => resolve(text))) };
}

describe.skipIf(!hasSocat || !isLinux)('socat', () => {
  it.each(KINDS)('connects to a server at %s', async (_, type, abstract) => {
    const path = abstract ? someName() : somePath();
    const pids: number[] = [];
    const server = test.loop.listen(
      { path, type },
      {
        data: (socket, chunk) => {
          pids.push(socket.peerCredentials().pid);
          socket.end(`<${Buffer.from(chunk)}>`);
          server.close();
        },
      },
    );
    const name = abstract ? `ABSTRACT-CONNECT:${path.slice(1)}` : `UNIX-CONNECT:${path}`;
    const { child, output } = socat(`${name},type=${NUMBERS[type]}`, 'from socat');
    await drive(test.loop, 'guest');
    expect(await output).toBe('<from socat>');
    expect(pids).toEqual([child.pid]);
  });

  it.each(KINDS)('listens at %s', async (_, type, abstract) => {
    const path = abstract ? someName() : somePath();
    const name = abstract ? `ABSTRACT-LISTEN:${path.slice(1)}` : `UNIX-LISTEN:${path}`;
    const { output } = socat(`${name},type=${NUMBERS[type]}`, 'from socat');
    let text = '';
    const connect = () => {
      test.loop.connect(
        { path, type },
        {
          open: (socket) => void socket.write('to socat'),
          data: (socket, chunk) => {
            text += Buffer.from(chunk);
            socket.end();
          },
          // It does not listen yet.
          close: (_socket, error) => {
            if (error !== undefined) test.loop.setTimeout(connect, 5);
          },
        },
      );
    };
    connect();
    await drive(test.loop, 'guest');
    expect([text, await output]).toEqual(['from socat', 'to socat']);
    expect(existsSync(path)).toBe(false);
  });
});
