// node:http on our sockets, in both modes: what it asks of a socket is there, connections are
// kept alive, and all ends. The examples (test/cli/examples.test.ts) have https, tls, http2 and ws.
import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { toDuplex } from '../../lib/node/index.js';
import { serve } from '../stream/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const LARGE = Buffer.alloc(3_000_000, 'large');

/** What the server answers, by path. */
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/small': (response) => response.end('small'),
  '/latin1': (response) => response.end('grüße', 'latin1'),
  '/large': (response) => response.end(LARGE),
  '/chunks': (response) => {
    for (let i = 0; i < 50; i++) response.write(`${i} `);
    response.end();
  },
};

describe.each(DRIVE_MODES)('node:http on our sockets (%s)', (mode) => {
  it('answers on connections that are kept alive', async () => {
    const http = createServer((request, response) => answers[request.url ?? '']?.(response));
    let connections = 0;
    const { server, port } = serve(test.loop, {
      open(socket) {
        connections++;
        http.emit('connection', toDuplex(socket));
      },
    });
    class LoopAgent extends Agent {
      override createConnection() {
        return toDuplex(test.loop.connect({ port }));
      }
    }
    const agent = new LoopAgent({ keepAlive: true, maxSockets: 2 });
    const ask = (path: string) =>
      new Promise<Buffer>((resolve, reject) => {
        get({ path, agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        }).on('error', reject);
      });
    const paths = Object.keys(answers);
    const all = Promise.all([...paths, ...paths, ...paths].map(ask)).finally(() => {
      agent.destroy();
      server.destroy();
    });
    await drive(test.loop, mode);
    const [small, latin1, large, chunks] = (await all).slice(paths.length);
    expect(small?.toString()).toBe('small');
    expect(latin1?.toString('latin1')).toBe('grüße');
    expect(large?.equals(LARGE)).toBe(true);
    expect(chunks?.toString()).toBe(Array.from({ length: 50 }, (_, i) => `${i} `).join(''));
    expect(connections).toBe(2);
    http.close();
  });

  it('a request that times out is told so', async () => {
    const http = createServer(() => {});
    const { server, port } = serve(test.loop, {
      open: (socket) => http.emit('connection', toDuplex(socket)),
    });
    const failed = new Promise<string>((resolve) => {
      const createConnection = () => toDuplex(test.loop.connect({ port }));
      const request = get({ path: '/', createConnection });
      request.setTimeout(20, () => request.destroy(new Error('too late')));
      request.on('error', ({ message }) => {
        server.destroy();
        resolve(message);
      });
    });
    await drive(test.loop, mode);
    expect(await failed).toBe('too late');
    http.close();
  });
});
