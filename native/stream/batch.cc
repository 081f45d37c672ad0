// One crossing from JavaScript for the reads, and one for the writes, of all
// streams that a wait reported: recvBatch fills a slab, sendBatch empties one.
// They make the same system calls in the same order as a loop in JavaScript
// would; which stream is read, and what its bytes mean, is JavaScript's to say.
//
// The slot table has four 32-bit words for each handle of the loop: the
// descriptor to read (-1: none), the generation, the index of its last pending
// send record plus one (0: none), the bytes pending in its records.
// lib/loop/batch.ts has the same layouts. See recv(2), sendmsg(2).
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/args.h"
#include "core/modules.h"
#include "os/opening.h"
#include "os/transfer.h"
#include "poll/readiness.h"

namespace rawloop {
namespace {

struct Slot {
  int32_t read_fd;
  uint32_t generation;
  int32_t last_record;
  int32_t pending_bytes;
};

struct ReadResult {
  int32_t result;  // bytes, 0: the end, -errno, or kNotRead
  int32_t offset;  // where in the slab
};

// A chain of records is one stream's output of this turn, in order.
struct SendRecord {
  int32_t fd;  // -1: not the head of a chain
  int32_t offset;
  int32_t length;
  int32_t next;    // index of the next record of the chain, 0: none
  int32_t result;  // of a head: bytes sent or -errno
  int32_t slot;
  int32_t generation;
  int32_t total;  // of a head: bytes in the chain
};

constexpr int32_t kNotRead = INT32_MIN;
// A recv is offered this much; what arrives is packed behind the last chunk at
// the next cache line.
constexpr size_t kReadBytes = 65536;
constexpr size_t kAlign = 64;
constexpr size_t kMaxChain = 64;

template <typename T>
struct Table {
  T* data;
  size_t size;
};

template <typename T>
bool ReadTable(const Args& args, size_t index, const char* name,
               Table<T>* out) {
  Span span;
  if (!args.Memory(index, &span, name)) return false;
  if (reinterpret_cast<uintptr_t>(span.data) % alignof(T) != 0) {
    ThrowType(args.env(), name, "memory that begins at a whole word");
    return false;
  }
  *out = {reinterpret_cast<T*>(span.data), span.size / sizeof(T)};
  return true;
}

ssize_t Receive(int fd, uint8_t* data, size_t size) {
  ssize_t result;
  do {
    result = ReceiveNow(fd, data, size, 0);
  } while (result < 0 && errno == EINTR);
  return result;
}

// recvBatch(ready, from, count, slots, slab, results): reads once from each
// stream among the records [from, count) until the slab has no room for one
// more read. Returns the index of the first record that was not looked at.
napi_value RecvBatch(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t from;
  uint32_t count;
  Table<ReadyRecord> ready;
  Table<Slot> slots;
  Table<ReadResult> results;
  Span slab;
  if (!args.Integer(1, "from", &from) || !args.Integer(2, "count", &count) ||
      !ReadTable(args, 0, "ready", &ready) ||
      !ReadTable(args, 3, "slots", &slots) || !args.Memory(4, &slab, "slab") ||
      !ReadTable(args, 5, "results", &results)) {
    return nullptr;
  }
  if (count > ready.size || count > results.size || from > count ||
      slab.size < kReadBytes) {
    ThrowRange(env, "count", "within ready, results and slab");
    return nullptr;
  }
  size_t used = 0;
  uint32_t i = from;
  for (; i < count; i++) {
    const ReadyRecord& record = ready.data[i];
    results.data[i] = {kNotRead, 0};
    if (record.slot >= slots.size) continue;
    const Slot& slot = slots.data[record.slot];
    if (slot.read_fd < 0 || slot.generation != record.generation ||
        (record.events & (kReadable | kHangup | kError)) == 0) {
      continue;
    }
    if (slab.size - used < kReadBytes) break;
    ssize_t result = Receive(slot.read_fd, slab.data + used, kReadBytes);
    results.data[i] = {OrErrno(result), static_cast<int32_t>(used)};
    if (result > 0) used += (result + kAlign - 1) & ~(kAlign - 1);
  }
  return Int(env, static_cast<int32_t>(i));
}

// Sends one chain: a send, or a sendmsg of up to kMaxChain parts at a time.
int32_t SendChain(const Table<SendRecord>& records, size_t head,
                  const Span& slab) {
  const SendRecord* record = &records.data[head];
  int fd = record->fd;
  int32_t sent_total = 0;
  for (;;) {
    iovec parts[kMaxChain];
    size_t used = 0;
    size_t asked = 0;
    for (;;) {
      parts[used++] = {slab.data + record->offset,
                       static_cast<size_t>(record->length)};
      asked += record->length;
      if (record->next == 0 || used == kMaxChain) break;
      record = &records.data[record->next];
    }
    ssize_t sent;
    do {
      if (used == 1) {
        sent = SendNow(fd, parts[0].iov_base, parts[0].iov_len, kSendFlags);
      } else {
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(used);
        sent = sendmsg(fd, &message, kSendFlags | MSG_DONTWAIT);
      }
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return sent_total > 0 ? sent_total : -errno;
    sent_total += static_cast<int32_t>(sent);
    if (static_cast<size_t>(sent) < asked || record->next == 0) {
      return sent_total;
    }
    record = &records.data[record->next];
  }
}

// The records come from our own TypeScript, but memory is never touched on the
// word of a number: every link and range is checked.
bool RecordsAreSound(const Table<SendRecord>& records, uint32_t count,
                     const Span& slab, const Table<Slot>& slots) {
  if (count > records.size) return false;
  for (uint32_t i = 0; i < count; i++) {
    const SendRecord& record = records.data[i];
    bool in_slab =
        record.offset >= 0 && record.length >= 0 &&
        static_cast<size_t>(record.offset) + record.length <= slab.size;
    bool forward =
        record.next == 0 || (record.next > static_cast<int32_t>(i) &&
                             static_cast<uint32_t>(record.next) < count);
    bool has_slot =
        record.slot >= 0 && static_cast<size_t>(record.slot) < slots.size;
    if (!in_slab || !forward || !has_slot) return false;
  }
  return true;
}

// sendBatch(records, count, slots, slab): sends every chain of the records
// [0, count), leaves each head's result in it and clears the slots' marks.
// Returns how many chains were not sent whole.
napi_value SendBatch(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t count;
  Table<SendRecord> records;
  Table<Slot> slots;
  Span slab;
  if (!args.Integer(1, "count", &count) ||
      !ReadTable(args, 0, "records", &records) ||
      !ReadTable(args, 2, "slots", &slots) || !args.Memory(3, &slab, "slab")) {
    return nullptr;
  }
  if (!RecordsAreSound(records, count, slab, slots)) {
    ThrowRange(env, "records", "within the slab and the slot table");
    return nullptr;
  }
  int32_t unfinished = 0;
  for (uint32_t i = 0; i < count; i++) {
    SendRecord& head = records.data[i];
    if (head.fd < 0) continue;
    head.result = SendChain(records, i, slab);
    if (head.result != head.total) unfinished++;
    slots.data[head.slot].last_record = 0;
    slots.data[head.slot].pending_bytes = 0;
  }
  return Int(env, unfinished);
}

// sendNow(fd, bytes): sends a Uint8Array, as much of it as the kernel takes.
// The count or -errno. What is too large to be gathered comes here, as it is.
napi_value SendBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  napi_typedarray_type type{};
  size_t size = 0;
  void* data = nullptr;
  if (!args.Descriptor(0, &fd)) return nullptr;
  if (napi_get_typedarray_info(env, args.at(1), &type, &size, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_uint8_array) {
    ThrowType(env, "bytes", "a Uint8Array");
    return nullptr;
  }
  // A detached buffer has no memory, whatever length its view still claims.
  if (data == nullptr) size = 0;
  if (!IsAttached(env, args.at(1), {static_cast<uint8_t*>(data), size},
                  "bytes")) {
    return nullptr;
  }
  ssize_t sent;
  do {
    sent = SendNow(fd, data, std::min(size, kMaxTransferBytes), kSendFlags);
  } while (sent < 0 && errno == EINTR);
  return Int(env, OrErrno(sent));
}

}  // namespace

void RegisterStreamBatch(napi_env env, napi_value exports) {
  const Function functions[] = {{"recvBatch", Guarded<RecvBatch>},
                                {"sendBatch", Guarded<SendBatch>},
                                {"sendNow", Guarded<SendBytes>}};
  Export(env, exports, functions);
}

}  // namespace rawloop
