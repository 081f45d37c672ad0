// Programs of the packages that rawloop/compat stands in for: by its own names, and by theirs where
// an override has put it in their place.

import { connect as connectByName } from 'abstract-socket';
import { Epoll as EpollByName } from 'epoll';
import { flock as flockByName } from 'fs-ext';
import { spawn as spawnByName } from 'node-pty';
import type { connect } from 'rawloop/compat/abstract-socket';
import type { Epoll } from 'rawloop/compat/epoll';
import type { flock } from 'rawloop/compat/fs-ext';
import { type IPty, spawn } from 'rawloop/compat/node-pty';
import type { createSocket } from 'rawloop/compat/unix-dgram';
import type { USocket } from 'rawloop/compat/usocket';
import { createSocket as createSocketByName } from 'unix-dgram';
import { USocket as USocketByName } from 'usocket';

// None of them is `any`.
type Strict<T> = 0 extends 1 & T ? never : T;
const sameSpawn: Strict<typeof spawn> = spawnByName;
const sameFlock: Strict<typeof flock> = flockByName;
const sameEpoll: Strict<typeof Epoll> = EpollByName;
const sameConnect: Strict<typeof connect> = connectByName;
const sameCreateSocket: Strict<typeof createSocket> = createSocketByName;
const sameUSocket: Strict<typeof USocket> = USocketByName;
const pty: IPty = spawn('sh', [], { cols: 80 });

export default [
  ...[sameSpawn, sameFlock, sameEpoll, sameConnect, sameCreateSocket, sameUSocket],
  ...[pty.process.toUpperCase()],
];
