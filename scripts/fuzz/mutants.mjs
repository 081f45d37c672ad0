// Proof that the fuzzer finds what it is for: a place of the addon is broken on purpose,
// and a run of few calls has to tell. Each mutant is one replacement in one source; one
// that does not apply any more fails, as the source moved on without it. `tells` is what
// has to be told: something else that is found is no proof.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partSeed } from '../../test/fuzz/support/random.mjs';
import { root } from '../project.mjs';
import { buildAddon, buildFence } from './build.mjs';
import { runProcess } from './process.mjs';

const CALLS = { raw: 30_000, public: 6000, threads: 6000 };
const TRIES = 3;
const SILENCE_SECONDS = 20;

const MUTANTS = [
  {
    name: 'a send record may lie outside the slab',
    file: 'stream/batch.cc',
    from: 'if (!in_memory || !forward || !has_slot) return false;',
    to: 'if (in_memory ? !forward || !has_slot : false) return false;',
    part: 'raw',
    tells: /heap-buffer-overflow|pointer|SEGV/,
  },
  {
    name: 'memory that is kept is not looked up again',
    file: 'stream/kept_memory.h',
    from: 'if (may_change_) LookUp(env);',
    to: 'if (may_change_ && reference_ == nullptr) LookUp(env);',
    part: 'raw',
    tells: /heap-use-after-free|heap-buffer-overflow|SEGV/,
  },
  {
    name: 'a slab may be shorter than one read',
    file: 'stream/batch.cc',
    from: 'if (used + kReadBytes > slab.size) break;',
    to: 'if (kReadBytes > slab.size) break;',
    part: 'raw',
    tells: /heap-buffer-overflow/,
  },
  {
    name: 'chunks overlap in the slab',
    file: 'stream/batch.cc',
    from: '(static_cast<size_t>(result.result) + kAlign - 1) & ~(kAlign - 1)',
    to: 'static_cast<size_t>(result.result) & ~(kAlign - 1)',
    part: 'public',
    tells: /byte \d+ of what|bytes/,
  },
  {
    name: 'a length is not compared with the buffer',
    file: 'core/args.cc',
    from: 'if (has_length && length > static_cast<double>(rest)) {',
    to: 'if (has_length && length > kMaxSafeInteger) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around/,
  },
  {
    name: 'a detached buffer is taken for an empty one',
    file: 'core/args.cc',
    from: 'if (span.size != 0 ||',
    to: 'if (env != nullptr || span.size != 0 ||',
    part: 'raw',
    tells: /detached/,
  },
  {
    name: 'pointers are taken before the next getter runs',
    file: 'calls/buffers.cc',
    from: /return ReadElements\(env, array, "buffers", kMaxBuffers, &values\) &&\n\s*TakeMemory\(env, values, out\);/,
    to: `uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  for (uint32_t i = 0; i < length && i < kMaxBuffers; i++) {
    napi_value value;
    Span early;
    if (napi_get_element(env, array, i, &value) != napi_ok) return false;
    if (ReadSpan(env, value, &early)) out->push_back({early.data, early.size});
  }
  return true;`,
    part: 'raw',
    tells: /use-after-free|wrote around|heap-buffer-overflow/,
  },
  {
    name: 'the room for events is not measured',
    file: 'poll/epoll.cc',
    from: 'if (span.size >= static_cast<size_t>(*max) * sizeof(ReadyRecord)) return true;',
    to: 'if (*max > 0 || span.size > 0) return true;',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around/,
  },
  {
    name: 'close takes what is not ours',
    file: 'core/descriptor_table.cc',
    from: 'int error = CheckIdentity(fd, before & kIdentityMask);\n  if (!word',
    to: 'int error = 0;\n  if (!word',
    part: 'raw',
    tells: /what the host had opened|nobody's|was .*, is/,
  },
  {
    name: 'dup3 replaces what is not ours',
    file: 'calls/descriptors.cc',
    from: 'if (error == -EPERM) return Int(env, error);',
    to: 'if (error == -EPERM) error = 0;',
    part: 'raw',
    tells: /dup3 closed|was .*, is/,
  },
  {
    name: 'the records of poll are not measured',
    file: 'calls/poll.cc',
    from: 'if (span.size / sizeof(PollRecord) < count) {',
    to: 'if (span.size + 100000 < count) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around|SEGV/,
  },
  {
    name: 'descriptors that were not asked for stay open',
    file: 'os/ancillary.cc',
    from: '    close(fd);\n    out->is_truncated = true;',
    to: '    out->is_truncated = true;',
    part: 'raw',
    tells: /descriptors:/,
  },
  {
    name: 'the numbers that are passed are not measured',
    file: 'stream/passing.cc',
    from: 'if (fds.size < count * sizeof(int32_t)) {',
    to: 'if (fds.size + 100000 < count * sizeof(int32_t)) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around|SEGV/,
  },
  {
    name: 'the room for credentials is not measured',
    file: 'stream/passing.cc',
    from: 'if (out.size < sizeof(peer)) {',
    to: 'if (out.size + 100000 < sizeof(peer)) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around|SEGV/,
  },
  {
    name: 'what did not come by a read is settled',
    file: 'core/descriptor_table.cc',
    from: 'if (before == 0 || OwnerOf(before) != owner_) return Unowned(fd);\n  uint64_t now = (before &',
    to: 'uint64_t now = (before &',
    part: 'raw',
    tells: /SEGV|null pointer|what the host had opened|was .*, is/,
  },
  {
    name: 'what did not come by a read is closed as if it had',
    file: 'core/descriptor_table.cc',
    from: 'if ((now & kIdentityMask) != kUnknown) return Close(fd);',
    to: 'if (word == nullptr) return Close(fd);',
    part: 'raw',
    tells: /what the host had opened|nobody's|was .*, is/,
  },
  {
    name: 'a peer may lie behind the table of peers',
    file: 'datagram/datagrams.cc',
    from: 'if (static_cast<size_t>(place) >= span.size / sizeof(Peer)) {',
    to: 'if (static_cast<size_t>(place) > span.size / sizeof(Peer) + 9) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around|SEGV/,
  },
  {
    name: 'descriptors of a datagram are not counted',
    file: 'datagram/datagrams.cc',
    from: 'if (count < 0 || static_cast<size_t>(count) > room) {',
    to: 'if (count < 0) {',
    part: 'raw',
    tells: /buffer-overflow|SEGV|out of bounds/,
  },
  {
    name: 'a departure may lie outside its memory',
    file: 'datagram/send.cc',
    from: 'if (!in_memory || !forward || !has_slot || !has_peer) return false;',
    to: 'if (in_memory ? !forward || !has_slot || !has_peer : false) return false;',
    part: 'raw',
    tells: /buffer-overflow|SEGV|pointer|wrote around/,
  },
  {
    name: 'a departure may be for no peer of the table',
    file: 'datagram/send.cc',
    from: 'if (!in_memory || !forward || !has_slot || !has_peer) return false;',
    to: 'if (!in_memory || !forward || !has_slot || (!has_peer && false)) return false;',
    part: 'raw',
    tells: /buffer-overflow|SEGV|pointer/,
  },
  {
    name: 'a datagram is received without room for it',
    file: 'datagram/receive.cc',
    from: 'if (free_bytes < stride || free_arrivals == 0) return false;',
    to: 'if (free_arrivals == 0) return false;',
    part: 'raw',
    tells: /buffer-overflow|SEGV|wrote around/,
  },
  {
    name: 'the bytes of a request are not measured',
    file: 'calls/ioctl.cc',
    from: 'if (span.size < bytes) {',
    to: 'if (span.size + 100000 < bytes) {',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around|SEGV/,
  },
  {
    name: 'a cancelled job is still found by its id',
    file: 'pool/binding.cc',
    from: 'if (cancelled) {\n    pool->requests_[id] = nullptr;',
    to: 'if (cancelled) {',
    part: 'raw',
    tells: /use-after-free/,
  },
  {
    name: 'the target of bytes is not measured',
    file: 'pool/binding.cc',
    from: 'if (offset + static_cast<double>(bytes.size) >',
    to: 'if (offset - 1e9 + static_cast<double>(bytes.size) >',
    part: 'raw',
    tells: /heap-buffer-overflow|wrote around/,
  },
  {
    name: 'what a cancelled job held is never freed',
    file: 'pool/thread_pool.cc',
    from: 'dropped = lanes_.Remove(job);\n  return true;',
    to: 'dropped = lanes_.Remove(job);\n  dropped.release();\n  return true;',
    part: 'raw',
    tells: /leak of/,
  },
  {
    name: 'counters of the pool change without its lock',
    file: 'pool/thread_pool.cc',
    from: '    lock.lock();\n    // Before the loop can hear of it: who was told reads counters that say so.\n    if (job != nullptr) lanes_.Done(*job);',
    to: '    if (job != nullptr) lanes_.Done(*job);\n    lock.lock();',
    part: 'threads',
    tells: /data race/,
  },
  {
    name: 'a wake-up of the pool is lost',
    file: 'pool/completions.cc',
    from: '  wakeup_.Ring();\n  lock.lock();',
    to: '  if (wakeups_ % 4 != 0) wakeup_.Ring();\n  lock.lock();',
    part: 'threads',
    tells: /hangs/,
  },
  {
    name: 'the thread server counts without its lock',
    file: 'thread_server/thread_server_client.cc',
    from: '  bool first;\n  {',
    to: '  bool first;\n  bytes_of_gone_ += 1;\n  {',
    part: 'threads',
    tells: /data race/,
  },
];

const KINDS = { raw: 'asan', public: 'asan', threads: 'tsan' };

/** @throws Error when the mutant is not one place of its file */
function editOf({ name, file, from, to }) {
  let isApplied = false;
  const edit = (source, text) => {
    if (source !== file) return text;
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`the mutant '${name}' does not apply to ${file}`);
    isApplied = true;
    return parts.join(to);
  };
  return { edit, isDone: () => isApplied };
}

function firstLine(what) {
  const line = what
    .split('\n')
    .find((text) =>
      /^finding |ERROR: |runtime error:|WARNING: Thread|hangs|leak of|ended with/.test(text),
    );
  const found = /"what":"([^"\n]{0,60})/.exec(line ?? '')?.[1];
  return (found ?? line ?? '').replace(/==\d+==/, '').slice(0, 60);
}

async function tryMutant(mutant, seed) {
  const kind = KINDS[mutant.part];
  const { edit, isDone } = editOf(mutant);
  const addon = buildAddon(kind, { folder: join(root, `.cache/fuzz/mutant-${kind}`), edit });
  if (!isDone()) throw new Error(`the mutant '${mutant.name}' has no file ${mutant.file}`);
  const script = `${mutant.part}.mjs`;
  let before = 0;
  for (let i = 0; i < TRIES; i++) {
    const args = [
      `${partSeed(seed, i)}`,
      `${CALLS[mutant.part]}`,
      ...(mutant.part === 'public' ? ['LOG'] : []),
    ];
    const result = await runProcess({
      kind,
      addon,
      fence: buildFence(kind),
      script,
      args,
      silenceSeconds: SILENCE_SECONDS,
    });
    if (!result.ok && mutant.tells.test(result.what)) {
      const call = /"call":(\d+)/.exec(result.what)?.[1];
      return { after: before + Number(call ?? result.calls), what: firstLine(result.what) };
    }
    before += result.calls;
  }
  return undefined;
}

/** What mutants do not apply to the sources any more: each was a proof that is gone. */
export function lostMutants() {
  return MUTANTS.flatMap((mutant) => {
    try {
      const text = readFileSync(join(root, 'native', mutant.file), 'utf8');
      editOf(mutant).edit(mutant.file, text);
      return [];
    } catch (error) {
      return [error.message];
    }
  });
}

/**
 * Prints a line for each whose name has `text` in it.
 *
 * @returns whether all were found
 */
export async function runMutants(seed, text = '') {
  console.log(
    `seed ${seed}\n${'mutant'.padEnd(50)}${'by'.padEnd(9)}${'after'.padStart(7)}  what was told`,
  );
  let missed = 0;
  const chosen = MUTANTS.filter(({ name }) => name.includes(text));
  for (const mutant of chosen) {
    const found = await tryMutant(mutant, seed);
    if (found === undefined) missed++;
    const tail =
      found === undefined ? '      -  NOT FOUND' : `${`${found.after}`.padStart(7)}  ${found.what}`;
    console.log(`${mutant.name.padEnd(50)}${mutant.part.padEnd(9)}${tail}`);
  }
  console.log(`${chosen.length - missed} of ${chosen.length} mutants found`);
  return missed === 0;
}
