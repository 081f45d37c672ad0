// dbus-next takes no stream: it opens its socket itself, by node:net, or by the package usocket,
// which alone passes descriptors. There an override puts rawloop/compat/usocket in its place.

import { randomInt } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deepEqual, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const PATH = '/rawloop/test';
const NAME = 'rawloop.test';

function busOf({ require, sockets, where }) {
  const dbus = require('dbus-next');
  // By `path` it takes usocket, by `socket` the host's.
  const how = sockets.isOurs ? 'path' : 'socket';
  const bus = dbus.sessionBus({
    busAddress: `unix:${how}=${where.path}`,
    negotiateUnixFd: sockets.isOurs,
  });
  return bus;
}

/** Two on one bus: one with a service, and one that calls it. */
async function using(context, use) {
  const dbus = context.require('dbus-next');
  const buses = [busOf(context), busOf(context)];
  const errors = [];
  for (const bus of buses) bus.on('error', (error) => errors.push(error));
  try {
    const [serving, calling] = buses;
    const service = serviceOf(dbus);
    await serving.requestName(NAME, 0);
    serving.export(PATH, service);
    const object = await calling.getProxyObject(NAME, PATH);
    await use({ service, remote: object.getInterface(NAME), buses, errors });
  } finally {
    // The one that is called last: it throws where it has ended and is to answer.
    for (const bus of [buses[1], buses[0]]) {
      bus.disconnect();
      await ended(bus._connection.stream);
    }
  }
}

async function ended(stream) {
  if (!stream.destroyed) await once(stream, 'close');
}

function serviceOf(dbus) {
  const { Interface } = dbus.interface;
  class Service extends Interface {
    Add(a, b) {
      return a + b;
    }

    Same(bytes) {
      return bytes;
    }

    Fail() {
      throw new dbus.DBusError(`${NAME}.Failed`, 'as asked');
    }

    /** Writes into what it is given, and gives another. */
    Pass(fd) {
      writeSync(fd, 'written by the service');
      closeSync(fd);
      const back = openSync('/proc/self/status');
      // Sent by then.
      setTimeout(() => closeSync(back), 1000).unref();
      return back;
    }

    News(text) {
      return text;
    }
  }
  Service.configureMembers({
    methods: {
      Add: { inSignature: 'ii', outSignature: 'i' },
      Same: { inSignature: 'ay', outSignature: 'ay' },
      Fail: { inSignature: '', outSignature: '' },
      Pass: { inSignature: 'h', outSignature: 'h' },
    },
    signals: { News: { signature: 's' } },
  });
  return new Service(NAME);
}

const NO_DESCRIPTORS = 'node:net passes no descriptors';

export const checks = [
  {
    name: 'a name, 1,000 calls at once, an error as a reply',
    run: (context) =>
      using(context, async ({ remote, errors }) => {
        const sums = await each(1000, (i) => remote.Add(i, 1));
        ok(sums.every((sum, i) => sum === i + 1));
        await fails(remote.Fail(), /as asked/);
        deepEqual(errors, []);
      }),
  },
  {
    name: '1,000 signals in order',
    run: (context) =>
      using(context, async ({ remote, service }) => {
        const got = [];
        const all = new Promise((resolve) => {
          remote.on('News', (text) => {
            if (got.push(text) === 1000) resolve();
          });
        });
        // The rule of the match is behind it.
        await remote.Add(1, 1);
        for (let i = 0; i < 1000; i++) service.News(`${i}`);
        await all;
        ok(got.every((text, i) => text === `${i}`));
      }),
  },
  {
    name: 'an argument of 1 MiB, there and back',
    run: (context) =>
      using(context, async ({ remote }) => {
        const bytes = randomBytes(1 << 20);
        ok(bytes.equals(Buffer.from(await remote.Same(bytes))));
      }),
  },
  {
    name: 'a descriptor passed, and one back; 50 of them at once',
    not: { host: NO_DESCRIPTORS },
    run: (context) =>
      using(context, async ({ remote }) => {
        await each(50, async () => {
          const path = join(tmpdir(), `rawloop-${process.pid}-${randomInt(2 ** 40)}`);
          const fd = openSync(path, 'w+');
          const back = await remote.Pass(fd);
          const text = Buffer.alloc(100);
          equal(text.toString('utf8', 0, readSync(fd, text, 0, 100, 0)), 'written by the service');
          ok(fstatSync(back).isFile());
          closeSync(back);
          closeSync(fd);
          rmSync(path);
        });
      }),
  },
  {
    name: 'the bus is killed: told, and no hang',
    run: (context) =>
      using(context, async ({ buses }) => {
        const told = Promise.all(buses.map(({ _connection }) => once(_connection, 'end')));
        await context.kill();
        await told;
        await context.start();
      }),
  },
];
