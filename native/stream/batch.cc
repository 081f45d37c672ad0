// The bytes of many streams: what a wait reported is read into one slab, what
// callbacks have written is sent from another. They make the same system calls
// in the same order as a loop in JavaScript would; which stream is read, and
// what its bytes mean, is JavaScript's to say. See recv(2), sendmsg(2).
#include "stream/batch.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/retried.h"
#include "os/opening.h"
#include "os/transfer.h"
#include "stream/shared.h"

namespace rawloop {
namespace {

// A read is offered this much; what arrives is packed behind the last chunk at
// the next cache line.
constexpr size_t kReadBytes = 65536;
// What can be larger: a pipe may hold so much.
constexpr size_t kFileBytes = 262144;
constexpr size_t kAlign = 64;
constexpr size_t kMaxChain = 64;

bool Is(Transfer kind, int32_t transfer) {
  return transfer == static_cast<int32_t>(kind);
}

ssize_t Receive(int32_t transfer, int fd, uint8_t* data, size_t size) {
  if (IsShared(transfer)) return ReadShared(fd, data, size);
  ssize_t result = Retried([&] {
    return Is(Transfer::kFile, transfer) ? read(fd, data, size)
                                         : ReceiveNow(fd, data, size, 0);
  });
  return result;
}

ssize_t SendParts(int32_t transfer, int fd, iovec* parts, size_t count) {
  if (IsShared(transfer)) return WriteShared(transfer, fd, parts, count);
  if (Is(Transfer::kFile, transfer)) {
    return Retried([&] { return writev(fd, parts, static_cast<int>(count)); });
  }
  if (count == 1) {
    return Retried([&] {
      return SendNow(fd, parts->iov_base, parts->iov_len, kSendFlags);
    });
  }
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(count);
  return Retried(
      [&] { return sendmsg(fd, &message, kSendFlags | MSG_DONTWAIT); });
}

// A send is a record: each part by itself, until the kernel takes no more.
int32_t SendRecords(const Table<SendRecord>& records, size_t head,
                    const Span& out) {
  const SendRecord* record = &records.data[head];
  int fd = record->fd;
  int32_t sent_total = 0;
  for (;;) {
    iovec part = {out.data + record->offset,
                  static_cast<size_t>(record->length)};
    ssize_t sent =
        SendParts(static_cast<int32_t>(Transfer::kRecords), fd, &part, 1);
    if (sent < 0) return sent_total > 0 ? sent_total : -errno;
    sent_total += static_cast<int32_t>(sent);
    if (record->next == 0) return sent_total;
    record = &records.data[record->next];
  }
}

// Sends one chain, up to kMaxChain parts at a time.
int32_t SendChain(const Table<SendRecord>& records, size_t head,
                  const Span& out) {
  const SendRecord* record = &records.data[head];
  int fd = record->fd;
  int32_t transfer = record->result;
  if (Is(Transfer::kRecords, transfer)) return SendRecords(records, head, out);
  int32_t sent_total = 0;
  for (;;) {
    iovec parts[kMaxChain];
    size_t used = 0;
    size_t asked = 0;
    for (;;) {
      parts[used++] = {out.data + record->offset,
                       static_cast<size_t>(record->length)};
      asked += record->length;
      if (record->next == 0 || used == kMaxChain) break;
      record = &records.data[record->next];
    }
    ssize_t sent = SendParts(transfer, fd, parts, used);
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
bool AreSound(const Table<SendRecord>& records, const Table<Slot>& slots,
              const Span& out) {
  for (size_t i = 0; i < records.size; i++) {
    const SendRecord& record = records.data[i];
    bool in_memory =
        record.offset >= 0 && record.length >= 0 &&
        static_cast<size_t>(record.offset) + record.length <= out.size;
    bool forward =
        record.next == 0 || (record.next > static_cast<int32_t>(i) &&
                             static_cast<size_t>(record.next) < records.size);
    bool has_slot =
        record.slot >= 0 && static_cast<size_t>(record.slot) < slots.size;
    if (!in_memory || !forward || !has_slot) return false;
  }
  return true;
}

}  // namespace

uint32_t ReadAll(const Table<ReadyRecord>& ready, uint32_t from, uint32_t count,
                 const Table<Slot>& slots, const Span& slab, Arrivals* arrivals,
                 PassedTable* passed, ReadResult* results) {
  size_t used = 0;
  uint32_t i = from;
  for (; i < count; i++) {
    const ReadyRecord& record = ready.data[i];
    ReadResult& result = results[i];
    result = {kNotRead, 0, 0, 0};
    if (record.slot >= slots.size) continue;
    const Slot slot = slots.data[record.slot];
    if (slot.read_fd < 0 || slot.generation != record.generation ||
        (record.events & (kReadable | kHangup | kError)) == 0) {
      continue;
    }
    if ((slot.transfer & kTransferMask) ==
        static_cast<int32_t>(Transfer::kDatagram)) {
      if (!ReceiveDatagrams(&slots.data[record.slot], record.events, slab,
                            &used, arrivals, passed, &result)) {
        break;
      }
      if (passed->IsFull()) return i + 1;
      continue;
    }
    if (used + kReadBytes > slab.size) break;
    Span room{slab.data + used, kReadBytes};
    if (Is(Transfer::kFile, slot.transfer)) {
      room.size = std::min(slab.size - used, kFileBytes);
    }
    if (Is(Transfer::kRecords, slot.transfer)) {
      room.size = slab.size - used;
      if (!ReadRecord(slot.read_fd, room, slab.size, passed, &result)) break;
      if (result.result == kLargeRecord) continue;
    } else if (Is(Transfer::kUnix, slot.transfer)) {
      ReadUnix(slot.read_fd, room, passed, &result);
    } else {
      result.result =
          OrErrno(Receive(slot.transfer, slot.read_fd, room.data, room.size));
    }
    result.offset = static_cast<int32_t>(used);
    if (result.result > 0) {
      used += (static_cast<size_t>(result.result) + kAlign - 1) & ~(kAlign - 1);
    }
    if (passed->IsFull()) return i + 1;
  }
  return i;
}

int32_t SendAll(const Table<SendRecord>& records, const Table<Slot>& slots,
                const Span& out) {
  if (!AreSound(records, slots, out)) return -1;
  int32_t unfinished = 0;
  for (size_t i = 0; i < records.size; i++) {
    SendRecord& head = records.data[i];
    if (head.fd < 0) continue;
    head.result = SendChain(records, i, out);
    if (head.result != head.total) unfinished++;
    slots.data[head.slot].last_record = 0;
  }
  return unfinished;
}

}  // namespace rawloop
