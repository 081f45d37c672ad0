// A way around the path. Half of what it costs to send to a path is that the kernel looks it
// up, each time. So where several datagrams go to one path in one run of code, a second socket
// is connected to who is there, and sends them: whoever has no name himself is not told apart
// by what he sends with. When the code under way is over it has to be asked again who is there,
// and whatever the second socket is refused is tried by the path, which has the true answer.
// bench: `npm run bench -- unix-dgram`. See unix(7).
import { native } from '../../binding/index.js';
import { constant } from '../../raw/constants.js';
import type { Place } from './place.js';

const AF_UNIX = constant('AF_UNIX');
const DGRAM = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
const ENDED = -1;
/** To connect costs as much as three quarters of a send saves: it pays from here on. */
const FEW = 3;
// Before a test runner puts fakes in their places.
const { nextTick } = process;

/** Which run of code it is: from a callback's begin to the ticks behind it. */
let run = 0;
let isNoted = false;

function currentRun(): number {
  if (!isNoted) {
    isNoted = true;
    nextTick(endRun);
  }
  return run;
}

function endRun(): void {
  isNoted = false;
  run++;
}

/** A socket of ours has a name from now on, or is gone: somebody else may be at a path. */
export function placesChanged(): void {
  run++;
}

export class Shortcut {
  #fd = ENDED;
  #place: Place | undefined;
  #run = -1;
  /** Sent there in this run, and in the one before. */
  #sent = 0;
  #sentBefore = 0;
  #state: 'none' | 'connected' | 'refused' = 'none';

  /** A descriptor that is connected to who is there; -1: it is to be sent by the path. */
  to(place: Place): number {
    const now = currentRun();
    if (now !== this.#run || place !== this.#place) {
      this.#sentBefore = place === this.#place ? this.#sent : 0;
      this.#run = now;
      this.#place = place;
      this.#sent = 0;
      this.#state = 'none';
    }
    this.#sent++;
    if (this.#state === 'none' && (this.#sent >= FEW || this.#sentBefore > FEW)) {
      this.#state = this.#connect(place) ? 'connected' : 'refused';
    }
    return this.#state === 'connected' ? this.#fd : -1;
  }

  #connect({ sockaddr }: Place): boolean {
    if (this.#fd < 0) this.#fd = native.socket(AF_UNIX, DGRAM, 0);
    return this.#fd >= 0 && native.connect(this.#fd, sockaddr) === 0;
  }

  /** It was refused something: by the path for the rest of this run. */
  refused(): void {
    this.#state = 'refused';
  }

  close(): void {
    if (this.#fd >= 0) native.close(this.#fd);
    this.#fd = ENDED;
    this.#state = 'refused';
  }
}
