// How much memory queued output may take: of a whole loop, and of one server. What is
// counted is what is held, blocks and not bytes, and only where a peer is slow: what
// the kernel takes at once never comes here.
//
// Who has to go when a limit would be passed is not who happens to write: an answer of
// ten bytes must not die of others' megabytes. It is the one that holds most. The kernel
// is asked once more before: whose peer takes something is spared, while there is another
// that holds half as much.

/** Something with queued output. */
export interface OutputHolder {
  readonly active: boolean;
  /** Bytes of memory that its queue takes. */
  readonly heldBytes: number;
  /** Sends what the kernel takes now; false when that is nothing. */
  sendSome(): boolean;
  /** Closes it, as `limit` would be passed with its `bytes`. */
  giveUp(limit: OutputLimit, bytes: number): void;
}

/** A limit, and what is held of it. */
export interface OutputLimit {
  readonly of: 'loop' | 'server';
  /** Infinity: none. */
  readonly maxBytes: number;
  heldBytes: number;
}

/** What is to be added to the queue of `holder`. */
export interface Addition {
  holder: OutputHolder;
  bytes: number;
  /** Whether its peer took something just now. */
  moves: boolean;
}

/** Each look at all holders takes time: what is tried before somebody goes is bounded. */
const MAX_SPARED = 16;

/** The queued output of a loop, and who holds it. */
export class LoopOutput implements OutputLimit {
  readonly of = 'loop';
  readonly maxBytes: number;
  heldBytes = 0;
  readonly #holders = new Set<OutputHolder>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  add(holder: OutputHolder): void {
    this.#holders.add(holder);
  }

  remove(holder: OutputHolder): void {
    this.#holders.delete(holder);
  }

  /**
   * Makes room in `limit` for more output, whose own holder may be the one to go.
   *
   * @param counts whether another's output is in that limit as well
   */
  makeRoom(limit: OutputLimit, added: Addition, counts: (other: OutputHolder) => boolean): void {
    const { holder, bytes } = added;
    const spared = new Set<OutputHolder>(added.moves ? [holder] : []);
    while (holder.active && limit.heldBytes + bytes > limit.maxBytes) {
      // Nobody else's end would help.
      const alone = holder.heldBytes + bytes > limit.maxBytes;
      const most = alone ? holder : this.#holdsMost(added, counts, spared);
      if (!spared.has(most) && spared.size < MAX_SPARED && most.sendSome()) spared.add(most);
      else most.giveUp(limit, most === holder ? most.heldBytes + bytes : most.heldBytes);
    }
  }

  /** Of those that are not spared, or of all when the others hold little. */
  #holdsMost(
    { holder, bytes }: Addition,
    counts: (other: OutputHolder) => boolean,
    spared: ReadonlySet<OutputHolder>,
  ): OutputHolder {
    let found: OutputHolder | undefined;
    let most = -1;
    let foundSpared = holder;
    let mostSpared = holder.heldBytes + bytes;
    if (!spared.has(holder)) [found, most] = [holder, mostSpared];
    for (const other of this.#holders) {
      const held = other.heldBytes;
      if (other === holder || !counts(other)) continue;
      if (!spared.has(other)) {
        if (held > most) [found, most] = [other, held];
      } else if (held > mostSpared) [foundSpared, mostSpared] = [other, held];
    }
    return found === undefined || most * 2 < mostSpared ? foundSpared : found;
  }
}
