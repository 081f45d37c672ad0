// A pipe of a child through which much goes, made larger: as long as its reader has one processor
// and its writer another, they wait for each other four times less often. Only then, as the memory
// of pipes is limited for each user, and a few for each thread. See F_SETPIPE_SZ in fcntl(2), pipe(7).
import { native } from '../binding/index.js';
import { constants } from '../raw/constants.js';

/** Linux alone has it. */
const F_SETPIPE_SZ = constants['F_SETPIPE_SZ'];
/** As the kernel makes them: what is as long was full. */
const USUAL_BYTES = 65_536;
/** No more is read at once; see native/stream/batch.cc. */
const LARGE_BYTES = 262_144;
/** Who has so much may have more. */
const MUCH_BYTES = 1_048_576;
/** A quarter of what a user without privileges may have, pipe-user-pages-soft. */
const MAX_LARGE = 64;

let large = 0;

/** Whether a pipe stays as it is, is to grow, or has grown. */
export class PipeSize {
  #state: 'usual' | 'large' | 'refused' = F_SETPIPE_SZ === undefined ? 'refused' : 'usual';

  /** @param full bytes that were found in it, or that were too many for it; @param all so far */
  grow(fd: number, full: number, all: number): void {
    if (this.#state !== 'usual' || full < USUAL_BYTES || all < MUCH_BYTES) return;
    if (large === MAX_LARGE) return;
    const result = native.fcntl(fd, F_SETPIPE_SZ as number, LARGE_BYTES);
    this.#state = result < 0 ? 'refused' : 'large';
    if (this.#state === 'large') large++;
  }

  /** It is closed. */
  end(): void {
    if (this.#state === 'large') large--;
    this.#state = 'refused';
  }
}
