// How it ends: by the programs, which lose nothing of what they wrote; by us, which hangs up.
//
// Without `begun` of lib/pty/slave.ts the pty does not end with its program; without the first holder it
// ends before there is one; without `#isNew` a later program without descriptors is hung up, and
// without whenClosed in lib/spawn/spawn.ts the first. Without `endsWith` of BY_TERMINAL each end is
// an error, EIO. Without openSlave in `hold` (lib/pty/slave.ts) a second program has no terminal, and
// the test no end. Without `endsSoon` of lib/stream/input.ts the end is an error, EIO, for who reads
// slowly.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Pty } from '../../lib/pty/pty.js';
import { constant } from '../../lib/raw/constants.js';
import { guardChildren } from '../spawn/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { countTerminals, talk, talkToShell } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

/** What `seq` prints for it, as a terminal shows it. */
function numbers(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i + 1}\r\n`).join('');
}

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('takes one program after another while somebody has it open', async () => {
    const { loop } = test;
    let text = '';
    const data = (_master: unknown, chunk: Uint8Array) => {
      text += Buffer.from(chunk).toString();
    };
    const pty = loop.pty({}, { data });
    const kept = openSync(pty.slavePath, constant('O_RDWR') | constant('O_NOCTTY'));
    const options = { controllingTerminal: pty };
    const first = loop.spawn('true', [], options);
    first.closed.then(() => {
      const second = loop.spawn('tty', [], options);
      second.closed.then(() => {
        // It has the terminal under no descriptor, and from then on nobody else has it.
        const script = 'sleep 0.05; tty < /dev/tty > /dev/tty';
        loop.spawn('sh', ['-c', script], { ...options, stdio: 'ignore' });
        closeSync(kept);
      });
    });
    await drive(loop, mode);
    expect(text).toBe(`${pty.slavePath}\r\n/dev/tty\r\n`);
  });

  it('it may be of another loop than the program', async () => {
    const { loop } = test;
    let text = '';
    const data = (_master: unknown, chunk: Uint8Array) => {
      text += Buffer.from(chunk).toString();
    };
    const other = new EventLoop();
    const pty = loop.pty({}, { data });
    // It has the terminal under no descriptor: its loop lets go of the slave.
    const options = { controllingTerminal: pty, stdio: 'ignore' } as const;
    const child = other.spawn('sh', ['-c', 'echo said >/dev/tty'], options);
    await drive(other, mode);
    other.close();
    await drive(loop, mode);
    expect([text, child.status?.code, pty.isClosed]).toEqual(['said\r\n', 0, true]);
  });

  it('all that a program wrote comes before the end, to a reader that rests as well', async () => {
    const before = countTerminals();
    const { loop } = test;
    const pty = loop.pty({ highWaterMark: 1000 });
    const child = loop.spawn('seq', ['40000'], { controllingTerminal: pty });
    let text = '';
    const read = async () => {
      for await (const chunk of pty.master) {
        text += Buffer.from(chunk).toString();
        // Longer than the program takes to end, the first time.
        if (text.length < 70_000) await new Promise((resolve) => loop.setTimeout(resolve, 20));
      }
    };
    const done = read();
    await drive(loop, mode);
    await done;
    expect(text === numbers(40000)).toBe(true);
    expect([child.status?.code, pty.isClosed, pty.master.bytesRead]).toEqual([
      0,
      true,
      text.length,
    ]);
    await pty.closed;
    expect(countTerminals()).toBe(before);
  });

  it('a program that ends while its output is paused loses none of it', async () => {
    const { loop } = test;
    let text = '';
    const pty = loop.pty(
      {},
      {
        data: (master, chunk) => {
          text += Buffer.from(chunk).toString();
          master.pause();
          loop.setTimeout(() => master.resume(), 1);
        },
      },
    );
    loop.spawn('sh', ['-c', 'seq 2000; printf end'], { controllingTerminal: pty });
    await drive(loop, mode);
    expect(text === `${numbers(2000)}end`).toBe(true);
  });

  it('what a program in the background writes comes, and the end with the last of them', async () => {
    // Behind the end of the shell.
    const late = '(while kill -0 $$ 2>/dev/null; do sleep 0.02; done; echo late)';
    const script = `trap '' HUP; ${late} & echo early`;
    const { text, calls } = await talkToShell(test.loop, mode, script);
    expect(text).toBe('early\r\nlate\r\n');
    expect(calls.slice(-2)).toEqual(['end', 'close']);
  });

  it.each([
    ['close()', (pty) => pty.close()],
    ['end()', (pty) => pty.master.end('a last word\n')],
    ['using', (pty) => pty[Symbol.dispose]()],
  ] as [string, (pty: Pty) => void][])(
    '%s hangs up: the program gets SIGHUP',
    async (_name, hangUp) => {
      const { status, calls, error } = await talkToShell(
        test.loop,
        mode,
        'echo ready; exec sleep 100',
        [['ready', hangUp]],
      );
      expect([status?.signal, error]).toEqual(['SIGHUP', undefined]);
      expect(calls.sort()).toEqual(['close', 'data', 'exit']);
    },
  );

  it('a signal that aborts hangs up, and is told', async () => {
    const aborting = new AbortController();
    const { status, error } = await talkToShell(
      test.loop,
      mode,
      'echo ready; exec sleep 100',
      [['ready', () => aborting.abort()]],
      { pty: { signal: aborting.signal } },
    );
    expect([status?.signal, (error as { code?: string }).code]).toEqual(['SIGHUP', 'ABORT_ERR']);
  });

  it('it is open as long as there was no program, also when one could not be started', async () => {
    const before = countTerminals();
    const { loop } = test;
    const shown: string[] = [];
    const pty = loop.pty(
      {},
      { data: (_master, chunk) => shown.push(Buffer.from(chunk).toString()) },
    );
    const start = (file: string) => loop.spawn(file, [], { controllingTerminal: pty });
    loop.setTimeout(() => {
      expect(pty.isClosed).toBe(false);
      expect(() => start('/nowhere/to/be/found')).toThrow(/ENOENT/);
      loop.setTimeout(() => start('tty'), 5);
    }, 5);
    await drive(loop, mode);
    expect(shown.join('')).toBe(`${pty.slavePath}\r\n`);
    expect(() => start('tty')).toThrow(expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }));
    expect(countTerminals()).toBe(before);
  });

  it('a program that has it under no descriptor may open it, until that program ends', async () => {
    const { loop } = test;
    const { text, calls } = await talk(
      loop,
      mode,
      [
        'sh',
        '-c',
        'sleep 0.05; echo ask > /dev/tty; read -r word < /dev/tty; echo "heard $word" > /dev/tty',
      ],
      [['ask', ({ master }) => master.write('hello\n')]],
      { spawn: { stdio: 'ignore' } },
    );
    expect(text).toContain('heard hello\r\n');
    expect(calls.slice(-2)).toEqual(['end', 'close']);
  });

  it('what is left out of stdio is the terminal, and the rest is what it says', async () => {
    const { loop } = test;
    const piped: string[] = [];
    const shown: string[] = [];
    const pty = loop.pty(
      {},
      { data: (_master, chunk) => shown.push(Buffer.from(chunk).toString()) },
    );
    const child = loop.spawn(
      'sh',
      ['-c', 'echo out; echo error >&2; echo third >&3; test -t 0 && ! test -t 2'],
      { controllingTerminal: pty, stdio: [undefined as never, null as never, 'pipe', 'pipe'] },
      { stderr: (_child, chunk) => piped.push(Buffer.from(chunk).toString()) },
    );
    const third: string[] = [];
    const read = async () => {
      for await (const chunk of child.stdio[3] as NonNullable<(typeof child.stdio)[3]>) {
        third.push(Buffer.from(chunk).toString());
      }
    };
    const done = read();
    await drive(loop, mode);
    await done;
    expect([shown.join(''), piped.join(''), third.join(''), child.status?.code]).toEqual([
      'out\r\n',
      'error\n',
      'third\n',
      0,
    ]);
    expect([child.stdin, child.stdout]).toEqual([null, null]);
  });

  it('much that is typed waits for who reads it', async () => {
    const { loop } = test;
    const drained: boolean[] = [];
    const typed = 'abcdefghi\n'.repeat(20_000);
    const { text, status } = await talkToShell(
      loop,
      mode,
      'stty raw -echo; echo ready; sleep 0.1; head -c 200000 | cksum',
      [['ready', ({ master }) => drained.push(master.write(typed))]],
      { handlers: { drain: () => void drained.push(true) } },
    );
    expect(drained).toEqual([false, true]);
    expect(text).toContain(execFileSync('cksum', { input: typed, encoding: 'utf8' }).trim());
    expect(status?.code).toBe(0);
  });

  it('what nobody came to read is told with the end', async () => {
    const { error, calls } = await talkToShell(
      test.loop,
      mode,
      'stty raw -echo; echo ready; sleep 0.05',
      [['ready', ({ master }) => master.write('x'.repeat(200_000))]],
    );
    expect(error).toMatchObject({ code: 'EIO', syscall: 'write' });
    expect(calls.at(-1)).toBe('close');
  });
});
