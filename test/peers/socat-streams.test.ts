// Streams of bytes with socat(1) at the other end: as its server and as its client, over each
// kind of address that it has. Of a Unix socket the kernel says that it is socat.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../lib/net/connect.js';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Socket } from '../../lib/net/socket.js';
import type * as raw from '../../lib/raw/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { Collected, filesIn, hasSocat, MUCH, peersOfTest } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const socat = peersOfTest();

/** What one write has, also as a record. */
const PIECE = 8000;
/** socat's PIPE holds 64 KiB, and a write of its own that has no room there never ends. */
const MOST_UNDER_WAY = 3 * PIECE;

interface Kind {
  /** Where we listen. */
  readonly listen: ListenOptions;
  /** The address of a client of socat's, by where we listen. */
  readonly client: (place: raw.Address) => string;
  /** The address of a server of socat's. */
  readonly server: string;
  /** Where we connect to then, by the port that socat says. */
  readonly connect: (port: number) => ConnectOptions;
}

const portOf = (place: raw.Address) => (place as raw.IpAddress).port;

function tcp(host: string, version: 4 | 6): Kind {
  return {
    listen: { host, port: 0 },
    client: (place) => `TCP${version}:${host}:${portOf(place)}`,
    server: `TCP${version}-LISTEN:0,bind=${host}`,
    connect: (port) => ({ host, port }),
  };
}

/** `path` is ours, `name` is how socat has it behind `prefix`. */
function unix(prefix: string, path: string, name: string, type?: 'seqpacket'): Kind {
  const options = type === undefined ? '' : ',socktype=5';
  const place = type === undefined ? { path } : { path, type };
  return {
    listen: place,
    client: () => `${prefix}-CONNECT:${name}${options}`,
    server: `${prefix}-LISTEN:${name}${options}`,
    connect: () => place,
  };
}

/** Each by the name that socat has for it; what is a file is in the folder. */
const KINDS: Record<string, (folder: string) => Kind> = {
  TCP4: () => tcp('127.0.0.1', 4),
  TCP6: () => tcp('[::1]', 6),
  UNIX: (folder) => unix('UNIX', join(folder, 'socket'), join(folder, 'socket')),
  ABSTRACT: (folder) => unix('ABSTRACT', `\0${folder}`, folder),
  'UNIX, sequenced packets': (folder) =>
    unix('UNIX', join(folder, 'packets'), join(folder, 'packets'), 'seqpacket'),
  'ABSTRACT, sequenced packets': (folder) => unix('ABSTRACT', `\0${folder}`, folder, 'seqpacket'),
};

describe.runIf(hasSocat).each(Object.entries(KINDS))('socat by %s', (_name, kindIn) => {
  it.each(DRIVE_MODES)('is a client, whose bytes come back (%s)', async (mode) => {
    const folder = temporaryFolder();
    const kind = kindIn(folder);
    const isUnix = kind.listen.path !== undefined;
    const pids: number[] = [];
    const server = test.loop.listen(kind.listen, {
      open(socket) {
        if (isUnix) pids.push(socket.peerCredentials().pid);
      },
      data: (socket, chunk) => socket.write(chunk),
      close: () => server.close(),
    });
    const files = filesIn(folder, MUCH);
    const peer = socat(files.address, kind.client(server.address));
    await drive(test.loop, mode);
    await peer.ended();
    expect(files.got() === MUCH).toBe(true);
    expect(pids).toEqual(isUnix ? [peer.pid] : []);
  });

  it.each(DRIVE_MODES)('is a server, which gives back what we send (%s)', async (mode) => {
    const kind = kindIn(temporaryFolder());
    const peer = socat(kind.server, 'PIPE');
    const [, port] = await peer.said(/listening on AF=\d+ .*?(?::(\d+))?$/m);
    const collected = new Collected();
    let sent = 0;
    const more = (socket: Socket) => {
      const room = collected.text.length + MOST_UNDER_WAY;
      for (; sent < MUCH.length && sent < room; sent += PIECE) {
        socket.write(MUCH.slice(sent, sent + PIECE));
      }
      if (collected.text.length === MUCH.length) socket.end();
    };
    test.loop.connect(kind.connect(Number(port)), {
      open: more,
      data(socket, chunk) {
        collected.data(socket, chunk);
        more(socket);
      },
    });
    await drive(test.loop, mode);
    expect(collected.text === MUCH).toBe(true);
    await peer.ended();
  });
});
