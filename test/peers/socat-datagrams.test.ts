// Datagrams with socat(1) at the other end: as one that asks and as one that answers, over UDP
// and Unix sockets. An empty datagram is the end: socat's shut-null and null-eof.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DgramOptions } from '../../lib/datagram/options.js';
import type * as raw from '../../lib/raw/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { filesIn, hasSocat, peersOfTest } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const socat = peersOfTest();

/** Three datagrams of socat's, which cuts after 8 KiB. */
const TEXT = Array.from({ length: 4000 }, (_, index) => `${index};`).join('');
const ENDS = 'shut-null,null-eof';

interface Kind {
  /** Where we are when socat asks. */
  readonly answers: DgramOptions;
  /** socat's address that asks there. */
  readonly asking: (place: raw.Address | undefined) => string;
  /** socat's address that answers. */
  readonly answering: string;
  /** Where we ask then, by the port that socat says. */
  readonly asks: (port: number) => DgramOptions;
}

function udp(host: string, version: 4 | 6): Kind {
  return {
    answers: { host, port: 0 },
    asking: (place) => `UDP${version}:${host}:${(place as raw.IpAddress).port},${ENDS}`,
    answering: `UDP${version}-LISTEN:0,bind=${host},null-eof`,
    asks: (port) => ({ host, port: 0, to: { host, port } }),
  };
}

/** `name` as a path of ours, and as socat has it. */
function unix(
  kind: 'UNIX' | 'ABSTRACT',
  path: (name: string) => [ours: string, its: string],
): Kind {
  const [server, itsServer] = path('server');
  const [, itsClient] = path('client');
  return {
    answers: { path: server },
    asking: () => `${kind}-SENDTO:${itsServer},bind=${itsClient},${ENDS}`,
    answering: `${kind}-RECVFROM:${itsServer},null-eof`,
    asks: () => ({ path: path('client')[0], to: { path: server } }),
  };
}

const KINDS: Record<string, (folder: string) => Kind> = {
  UDP4: () => udp('127.0.0.1', 4),
  UDP6: () => udp('[::1]', 6),
  UNIX: (folder) => unix('UNIX', (name) => [join(folder, name), join(folder, name)]),
  ABSTRACT: (folder) => unix('ABSTRACT', (name) => [`\0${folder}-${name}`, `${folder}-${name}`]),
};

describe.runIf(hasSocat).each(Object.entries(KINDS))(
  'socat by datagrams of %s',
  (_name, kindIn) => {
    it.each(DRIVE_MODES)('asks, and gets each datagram back (%s)', async (mode) => {
      const folder = temporaryFolder();
      const kind = kindIn(folder);
      const socket = test.loop.dgram(kind.answers, {
        message(self, chunk, from) {
          self.send(chunk, from);
          if (chunk.length === 0) self.close();
        },
      });
      const files = filesIn(folder, TEXT);
      const peer = socat(files.address, kind.asking(socket.address));
      await drive(test.loop, mode);
      await peer.ended();
      expect(files.got() === TEXT).toBe(true);
    });

    it.each(DRIVE_MODES)('answers what we ask (%s)', async (mode) => {
      const kind = kindIn(temporaryFolder());
      const peer = socat(kind.answering, 'PIPE');
      const [, port] = await peer.said(/(?:listening|receiving) on .*?(?::(\d+))?$/m);
      let answer = '';
      const socket = test.loop.dgram(kind.asks(Number(port)), {
        message(self, chunk) {
          answer += Buffer.from(chunk);
          self.close();
        },
      });
      socket.send('a question');
      await drive(test.loop, mode);
      expect(answer).toBe('a question');
    });
  },
);
