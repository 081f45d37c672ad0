// What native code is handed of datagrams: the words of a crossing that moves them, with
// links and sizes that lead anywhere, and the calls beside it.

const PEER_WORDS = 32;
const ARRIVAL_WORDS = 60;
const DEPARTURE_WORDS = 10;
const ANCILLARY_WORDS = 22;
const PEERS = 4;

/** How a slot's datagrams are read: what kind, with what beside them, how long they may be. */
export function datagramMode(random) {
  const flags = random.pick([0, 0, 16, 32, 64, 128, 240]);
  const pace = random.pick([0, 2, 63, 130, 160, 255]) << 8;
  return 7 | flags | pace | (random.pick([0, 1, 32, 512, 0xffff]) << 16);
}

/** A word of a peer: nothing that leads off this machine, whatever it is read as. */
function peerWord(random, i, size) {
  if (i % PEER_WORDS === 0) return size();
  // Families: IPv4 with a port, Unix, netlink.
  return random.pick(i % PEER_WORDS === 1 ? [0x09000002, 1, 16] : [0, 0x0100007f]);
}

/** The memories of a crossing for datagrams, by kind: `kept` and `wild` are internals.mjs's. */
export function datagramMemory(make, { kept, wild }, bytes) {
  const { random, world } = make;
  const peer = () => random.pick([0, 2, 16, 28, 110, 124, wild(make, 16)]);
  return {
    4: () => kept(make, random.below(9) * ARRIVAL_WORDS, () => 0),
    5: () => kept(make, PEERS * PEER_WORDS, (i) => peerWord(random, i, peer)),
    6: () =>
      kept(make, random.below(6) * DEPARTURE_WORDS, (i) => {
        const third = Math.floor(bytes / 3);
        const record = Math.floor(i / DEPARTURE_WORDS);
        return [
          random.oneIn(4) ? -1 : world.fd(),
          wild(make, random.below(3)),
          0,
          wild(make, random.oneIn(3) ? record + 1 : 0),
          wild(make, random.pick([-1, 0, PEERS - 1, PEERS])),
          wild(make, random.pick([0, third, bytes - third])),
          wild(make, third),
          -(2 ** 31),
          0,
          0,
        ][i % DEPARTURE_WORDS];
      }),
  };
}

/** Name to `{ args() }`, as in calls.mjs. */
export function datagramCalls(make) {
  const { random } = make;
  const place = () => make.int(0, 1, PEERS, -1);
  const size = () => random.pick([0, 2, 16, 124, -1, 2 ** 30]);
  const peers = () =>
    make.or(() =>
      Int32Array.from({ length: PEERS * PEER_WORDS }, (_, i) => peerWord(random, i, size)),
    );
  return {
    writePeer: { args: () => [peers(), place(), make.address()] },
    readPeer: { args: () => [peers(), place()] },
    sendDatagram: {
      args: () => [
        make.fd(),
        peers(),
        place(),
        make.or(() => {
          const words = new Int32Array(ANCILLARY_WORDS + random.pick([0, 0, 1, 253, 300]));
          words[0] = random.pick([0, 1, 2, 4, 64, 127]);
          words[19] = random.pick([0, 1, 253, 254, -1, 2 ** 30]);
          words.fill(random.pick([-1, 0, 2 ** 30]), ANCILLARY_WORDS);
          return words;
        }),
        make.memory(random.pick([0, 1, 100, 70_000])),
      ],
    },
    receiveDatagrams: {
      args: () => [
        make.fd(),
        make.or(() => Int32Array.of(random.pick([0, 1, 0x8000, 0xffff, -1, 2 ** 30]))),
        make.memory(random.pick([0, 100, 65_600, 70_000, 300_000])),
        make.or(() => new Int32Array(ARRIVAL_WORDS * random.pick([0, 1, 2, 32]))),
      ],
    },
    datagramLayout: { args: () => [] },
  };
}
