// rawloop echo as a command: what it says, and the codes that it ends with.
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { Command, connectClients, EchoServer, MAIN, MODELS } from './support.js';

const USAGE = { code: 2, signal: null, stdout: '' };

describe('rawloop', () => {
  it.each([['--help'], ['-h'], ['help']])('%s tells what it can do', async (...args) => {
    const { code, stdout, stderr } = await new Command(...args).end;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: rawloop <command>/);
    expect(stdout).toMatch(/^ {2}echo /m);
  });

  it('without a command says the same and ends with code 2', async () => {
    const { code, stdout, stderr } = await new Command().end;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: rawloop <command>/);
  });

  it.each(['eco', 'toString', '__proto__', ''])("does not know a command '%s'", async (command) => {
    const end = await new Command(command).end;
    expect(end).toMatchObject(USAGE);
    expect(end.stderr).toContain(`unknown command '${command}'`);
    expect(end.stderr).toContain('Try: rawloop --help');
  });
});

describe('rawloop echo', () => {
  it.each(['--help', '-h'])('%s tells its options, and every model', async (flag) => {
    const { code, stdout, stderr } = await new Command('echo', flag).end;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: rawloop echo/);
    for (const model of MODELS) expect(stdout).toContain(`  ${model} `);
    for (const option of ['--model', '--port', '--host', '--help'])
      expect(stdout).toContain(option);
  });

  const BAD: [args: string[], message: RegExp][] = [
    [['--colour'], /--colour/],
    [['-x'], /-x/],
    [['left', 'over'], /left/],
    [['--model', 'fork'], /--model must be one of loop, guest, threads, net, not 'fork'/],
    [['--model', ''], /--model must be one of/],
    [['--model', 'LOOP'], /--model must be one of/],
    [['--model'], /--model/],
    [['--port'], /--port/],
    ...[
      '65536',
      '-1',
      '1.5',
      '0x50',
      '1e3',
      'http',
      '',
      ' 80',
      '80 ',
      'NaN',
      '99999999999999999999',
    ].map((port): [string[], RegExp] => [
      [`--port=${port}`],
      /--port must be an integer from 0 to 65535, not '/,
    ]),
    ...[
      'example.org',
      '256.1.1.1',
      '1.2.3',
      '',
      '::g',
      'localhost ',
      '127.0.0.1:80',
      '127.0.0.1%lo',
      '[::1]:80',
    ].map((host): [string[], RegExp] => [
      [`--host=${host}`],
      /--host must be an IPv4 or IPv6 address/,
    ]),
  ];
  it.each(BAD)('%j is refused with code 2 and a line that says why', async (args, message) => {
    const end = await new Command('echo', ...args).end;
    expect(end).toMatchObject(USAGE);
    const [first, ...rest] = end.stderr.trimEnd().split('\n');
    expect(first).toMatch(/^rawloop: /);
    expect(first).toMatch(message);
    expect(rest).toEqual(['Try: rawloop echo --help']);
  });
});

describe.each(MODELS)('rawloop echo --model %s', (model) => {
  it('says where it listens, on one line', async () => {
    const server = await EchoServer.start(model);
    expect(server.announced).toBe(`rawloop echo (${model}) listening on 127.0.0.1:${server.port}`);
    expect(server.port).toBeGreaterThan(0);
    const { stdout } = await server.stop();
    expect(stdout).toBe(`${server.announced}\n`);
  });

  it.each(['localhost', '0.0.0.0', '::1', '::'])('listens on --host %s', async (host) => {
    const server = await EchoServer.start(model, '--host', host);
    const [client] = await connectClients(server, 1, 5000);
    await client?.run();
    await client?.end();
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('that finds its port in use says so and ends with code 1', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const end = await new Command('echo', '--model', model, '--port', String(port)).end;
    taken.close();
    expect(end).toMatchObject({ code: 1, signal: null, stdout: '' });
    expect(end.stderr).toMatch(/^rawloop: .*EADDRINUSE/);
    expect(end.stderr).toContain(`127.0.0.1:${port}`);
    expect(end.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('that cannot say where it listens says why and ends with code 1', () => {
    const command = `exec "$0" "$1" echo --model ${model} > /dev/full`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, MAIN], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^rawloop: .*ENOSPC.*\n$/)]);
  });

  it('that may not have an address says so and ends with code 1', async () => {
    const end = await new Command('echo', '--model', model, '--host', '192.0.2.1').end;
    expect(end).toMatchObject({ code: 1, signal: null, stdout: '' });
    expect(end.stderr).toMatch(/^rawloop: .*EADDRNOTAVAIL/);
    expect(end.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
