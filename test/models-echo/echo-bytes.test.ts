// End to end: many clients at once get back every byte that they sent, in order.
// RAWLOOP_ECHO_CLIENTS and RAWLOOP_ECHO_BYTES change the size.
import { describe, expect, it } from 'vitest';
import { connectClients, EchoServer, MODELS } from './support.js';

const CLIENTS = Number(process.env['RAWLOOP_ECHO_CLIENTS'] ?? 1000);
const BYTES_EACH = Number(process.env['RAWLOOP_ECHO_BYTES'] ?? 2 ** 18);

describe.each(MODELS)('the echo server of model %s', (model) => {
  it(`sends ${CLIENTS} clients their ${BYTES_EACH} random bytes back, in order`, async () => {
    const server = await EchoServer.start(model);
    const clients = await connectClients(server, CLIENTS, BYTES_EACH);
    await Promise.all(clients.map((client) => client.run()));
    await Promise.all(clients.map((client) => client.end()));
    expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('sends single bytes, and nothing at all, back as well', async () => {
    const server = await EchoServer.start(model);
    const clients = await connectClients(server, 20, 1);
    await Promise.all(clients.map((client) => client.run()));
    await Promise.all(clients.map((client) => client.end()));
    const silent = await connectClients(server, 5, 0);
    await Promise.all(silent.map((client) => client.end()));
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('serves clients that come and go while others stay', async () => {
    const server = await EchoServer.start(model);
    const staying = await connectClients(server, 10, 2 ** 18);
    const running = Promise.all(staying.map((client) => client.run()));
    for (let round = 0; round < 20; round++) {
      const going = await connectClients(server, 10, 1000);
      await Promise.all(going.map((client) => client.run()));
      going.forEach((client, i) => {
        if (i % 2 === 0) client.socket.resetAndDestroy();
        else client.socket.destroy();
      });
    }
    await running;
    await Promise.all(staying.map((client) => client.end()));
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
