// An actor of files.mjs: a file of its own, of which it knows what is in it, and one operation after
// the other on that, some of them aborted.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseOperation, Wrong } from './file-operations.mjs';
import { Random } from './random.mjs';

/** Names that an actor may leave to aborted requests before they are removed. */
const LEFT_NAMES = 8;

/** One after the other it makes requests on a file of its own. */
export class Actor {
  content;
  file;
  path;
  #loop;
  #number;
  #names = [];
  #generation = 0;
  #isSpoilt = false;

  constructor(world, loop, number, seed) {
    this.world = world;
    this.random = new Random(seed);
    this.#loop = loop;
    this.#number = number;
    this.fs = loop.fs;
    this.crypto = loop.crypto;
    this.zlib = loop.zlib;
    this.folder = join(world.folder, `actor-${number}`);
    mkdirSync(this.folder);
    this.path = join(this.folder, '0');
  }

  async run() {
    while (this.world.takesOne()) {
      await this.#attempt(chooseOperation(this.random));
    }
    await this.file?.close();
  }

  /** Takes memory away, in this turn. Whether it is gone. */
  spoils(spoil, view) {
    this.#isSpoilt = spoil(view);
    this.world.counts.spoilt++;
    return this.#isSpoilt;
  }

  async #attempt({ name, run, needs }) {
    const { world, random } = this;
    const controller = random.oneIn(6) ? new AbortController() : undefined;
    this.#isSpoilt = false;
    try {
      if (needs !== 'world') await this.#prepare(needs);
      if (controller !== undefined) this.#abortSoon(controller);
      const inline = random.oneIn(3) ? false : undefined;
      await run(this, { signal: controller?.signal, inline });
      world.counts.done++;
      world.operations[name]++;
    } catch (error) {
      if (error.code === 'ABORT_ERR' && controller?.signal.aborted) world.counts.aborted++;
      else if (error.code === 'ERR_POOL_QUEUE_FULL') {
        world.counts.refused++;
        await world.pool.drained('fs');
      } else if (!(error.code === 'ERR_INVALID_STATE' && this.#isSpoilt)) {
        const kind = error instanceof Wrong ? 'wrong' : (error.code ?? error.stack);
        world.fault(`${name} of actor ${this.#number}: ${kind}: ${error.message}`);
      }
      this.#leave();
    }
  }

  /** What the operation stands on. */
  async #prepare(needs) {
    if (this.content === undefined) {
      const bytes = this.random.bytes(this.random.below(30_000));
      await this.fs.writeFile(this.path, bytes);
      this.content = bytes;
    }
    if (needs === 'file' && this.file === undefined) {
      this.file = await this.fs.open(this.path, 'r+');
    }
    if (needs === 'file' && this.random.oneIn(40)) {
      const { file } = this;
      this.file = undefined;
      await file.close();
      this.file = await this.fs.open(this.path, 'r+');
    }
  }

  #abortSoon(controller) {
    const abort = () => controller.abort();
    const ways = [abort, queueMicrotask, this.#loop.setImmediate.bind(this.#loop)];
    const way = this.random.below(4);
    if (way === 0) abort();
    else if (way < 3) ways[way](abort);
    else this.#loop.setTimeout(abort, this.random.below(3)).unref();
  }

  /** A thread may go on with what was aborted: the file is left to it, for one of a new name. */
  #leave() {
    const { file } = this;
    this.file = undefined;
    // Half of them are forgotten: the collector closes them.
    if (file !== undefined && this.random.oneIn(2)) file.close().catch(() => {});
    this.#names.push(this.path);
    this.content = undefined;
    this.path = join(this.folder, `${++this.#generation}`);
    if (this.#names.length <= LEFT_NAMES) return;
    for (const path of this.#names.splice(0)) this.fs.rm(path, { force: true }).catch(() => {});
  }
}
