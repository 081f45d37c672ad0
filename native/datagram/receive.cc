// Datagrams of one socket into the slab, one behind the other. While they come
// one at a time each is a recvfrom(2), as a plain server would call it; once
// several wait together recvmmsg(2) takes them. Which it is to be, the socket's
// own past says. See recvmmsg(2), and MSG_ERRQUEUE in recvmsg(2).
#include "datagram/receive.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/retried.h"
#include "os/many.h"
#include "os/transfer.h"
#include "poll/readiness.h"

namespace rawloop {
namespace {

constexpr size_t kAlign = 64;
// One socket's share of a turn: others wait as well.
constexpr size_t kMaxDatagrams = 32;
// A longer one stays where it was received: to move it would cost more than the
// room that it takes.
constexpr size_t kMoveBytes = 2048;

size_t Aligned(size_t bytes) { return (bytes + kAlign - 1) & ~(kAlign - 1); }

// How many came together, in eight bits: from kTogether on, that many less
// kTogether were the last; below, so many turns in a row brought one.
constexpr uint32_t kTogether = 128;
// In every 64th of those turns several are asked for, to see whether they wait.
constexpr uint32_t kLookAgain = 63;
// Behind a turn that brought several, two more.
constexpr uint32_t kKeepAsking = 2;
constexpr size_t kFew = 4;

class Pace {
 public:
  explicit Pace(int32_t* word) : word_(word) {}

  size_t Ask() const {
    uint32_t past = Past();
    if (past >= kTogether) {
      return std::min<size_t>(kMaxDatagrams, 2 * (past - kTogether));
    }
    return past < kKeepAsking || past == kLookAgain ? kFew : 1;
  }

  void Came(size_t count) {
    uint32_t past = Past();
    if (count > 1) {
      past = kTogether + static_cast<uint32_t>(count);
    } else {
      past = past >= kTogether ? 0 : (past + 1) & kLookAgain;
    }
    uint32_t word = static_cast<uint32_t>(*word_);
    word &= ~(kPaceMask << kPaceShift);
    *word_ = static_cast<int32_t>(word | past << kPaceShift);
  }

 private:
  uint32_t Past() const {
    return static_cast<uint32_t>(*word_) >> kPaceShift & kPaceMask;
  }

  int32_t* word_;
};

Arrival* Next(Arrivals* arrivals) {
  Arrival* arrival = &arrivals->data[arrivals->used];
  arrival->flags = 0;
  arrival->ancillary.known = 0;
  arrival->ancillary.descriptors = 0;
  return arrival;
}

int32_t AddError(int error, Arrivals* arrivals) {
  Arrival* arrival = Next(arrivals);
  arrival->offset = 0;
  arrival->length = 0;
  arrival->flags = kIsError;
  arrival->error = error;
  arrival->from.size = 0;
  arrivals->used++;
  return 1;
}

// What a receive that failed tells: nothing, or an error.
int32_t Failed(Arrivals* arrivals) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
  return AddError(errno, arrivals);
}

// What the kernel tells of datagrams that were sent before.
int32_t ReceiveErrors(int fd, bool has_queue, bool only, Arrivals* arrivals) {
  int32_t count = 0;
  size_t room = std::min(kMaxDatagrams, arrivals->size - arrivals->used);
  for (size_t i = 0; has_queue && i < room; i++) {
    Arrival* arrival = Next(arrivals);
    arrival->offset = 0;
    arrival->length = 0;
    arrival->flags = kIsError | kFromQueue;
    int found = TakeError(fd, arrival);
    if (found < 0) break;
    if (found == 0) continue;
    arrivals->used++;
    count++;
  }
  // The next receive tells it, where there is one to come.
  if (!only || count > 0 || room == 0) return count;
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
  return error == 0 ? 0 : AddError(error, arrivals);
}

// A receive that failed tells what the queue has as well, by now: there it says
// of whom, and is told once.
void NameFailure(int fd, Arrivals* arrivals) {
  if (arrivals->used == 0) return;
  Arrival* last = &arrivals->data[arrivals->used - 1];
  if (last->flags != kIsError) return;
  int32_t error = last->error;
  if (TakeError(fd, last) == 1) {
    last->flags |= kFromQueue;
    return;
  }
  last->error = error;
  last->from.size = 0;
}

int32_t ReceiveOne(int fd, size_t room, const Span& slab, size_t* used,
                   Arrivals* arrivals) {
  Arrival* arrival = Next(arrivals);
  socklen_t name_size = sizeof(arrival->from.name);
  ssize_t result = Retried([&] {
    return ReceiveFromNow(fd, slab.data + *used, room, MSG_TRUNC,
                          arrival->from.address(), &name_size);
  });
  if (result < 0) return Failed(arrivals);
  size_t length = std::min(static_cast<size_t>(result), room);
  arrival->offset = static_cast<int32_t>(*used);
  arrival->length = static_cast<int32_t>(length);
  if (static_cast<size_t>(result) > room) arrival->flags = kTruncated;
  arrival->from.size = static_cast<int32_t>(
      std::min<size_t>(name_size, sizeof(arrival->from.name)));
  arrivals->used++;
  *used += Aligned(length);
  return 1;
}

struct Received {
  ManyMessage messages[kMaxDatagrams];
  iovec parts[kMaxDatagrams];
};

void Prepare(size_t count, size_t room, uint8_t* data, Arrival* arrivals,
             Received* received) {
  for (size_t i = 0; i < count; i++) {
    // Not all at the same place of a page: those share few lines of a cache.
    received->parts[i] = {data + i * (room + kAlign), room};
    msghdr& header = received->messages[i].header;
    header.msg_name = arrivals[i].from.name;
    header.msg_namelen = sizeof(arrivals[i].from.name);
    header.msg_iov = &received->parts[i];
    header.msg_iovlen = 1;
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    header.msg_flags = 0;
  }
}

// Notes the datagrams that came, and moves short ones together.
void Note(const ManyMessage* messages, size_t count, const Span& slab,
          size_t* used, Arrivals* arrivals) {
  for (size_t i = 0; i < count; i++) {
    Arrival* arrival = Next(arrivals);
    const msghdr& header = messages[i].header;
    auto* from = static_cast<uint8_t*>(header.msg_iov->iov_base);
    size_t length =
        std::min<size_t>(messages[i].length, header.msg_iov->iov_len);
    uint8_t* to = slab.data + *used;
    if (length > kMoveBytes || to == from) {
      to = from;
    } else {
      memmove(to, from, length);
    }
    auto offset = static_cast<size_t>(to - slab.data);
    arrival->offset = static_cast<int32_t>(offset);
    arrival->length = static_cast<int32_t>(length);
    if ((header.msg_flags & MSG_TRUNC) != 0) arrival->flags |= kTruncated;
    arrival->from.size = static_cast<int32_t>(
        std::min<size_t>(header.msg_namelen, sizeof(arrival->from.name)));
    arrivals->used++;
    *used = offset + Aligned(length);
  }
}

int32_t ReceiveSeveral(int fd, size_t count, size_t room, const Span& slab,
                       size_t* used, Arrivals* arrivals) {
  Received received;
  Prepare(count, room, slab.data + *used, &arrivals->data[arrivals->used],
          &received);
  int result =
      ReceiveMany(fd, received.messages, static_cast<unsigned int>(count), 0);
  if (result < 0) return Failed(arrivals);
  Note(received.messages, static_cast<size_t>(result), slab, used, arrivals);
  return result;
}

// The same, with what comes beside them.
int32_t ReceiveWithAncillary(int fd, size_t count, size_t room, size_t max_fds,
                             const Span& slab, size_t* used, Arrivals* arrivals,
                             PassedTable* passed) {
  Received received;
  size_t control_bytes = Aligned(ControlRoom(max_fds));
  std::unique_ptr<uint8_t[]> control(new uint8_t[count * control_bytes]);
  Arrival* first = &arrivals->data[arrivals->used];
  Prepare(count, room, slab.data + *used, first, &received);
  for (size_t i = 0; i < count; i++) {
    msghdr& header = received.messages[i].header;
    header.msg_control = &control[i * control_bytes];
    header.msg_controllen =
        static_cast<decltype(header.msg_controllen)>(control_bytes);
  }
  int result = ReceiveMany(fd, received.messages,
                           static_cast<unsigned int>(count), kReceiveFlags);
  if (result < 0) return Failed(arrivals);
  Note(received.messages, static_cast<size_t>(result), slab, used, arrivals);
  for (int i = 0; i < result; i++) {
    const msghdr& header = received.messages[i].header;
    if (ReadControl(header, max_fds, &first[i].ancillary, passed)) {
      first[i].flags |= kControlCut;
      passed->is_truncated = max_fds > 0;
    }
  }
  return result;
}

// The same, one by one: each may bring as many descriptors as the table has
// room for.
int32_t ReceivePassing(int fd, size_t count, size_t room, const Span& slab,
                       size_t* used, Arrivals* arrivals, PassedTable* passed) {
  int32_t came = 0;
  for (size_t i = 0; i < count && !passed->IsFull(); i++) {
    size_t before = arrivals->used;
    came += ReceiveWithAncillary(fd, 1, room, kMaxPassedFds, slab, used,
                                 arrivals, passed);
    // Nothing, or an error.
    if (arrivals->used == before) break;
    if ((arrivals->data[before].flags & kIsError) != 0) break;
  }
  return came;
}

}  // namespace

bool ReceiveDatagrams(Slot* slot, uint32_t events, const Span& slab,
                      size_t* used, Arrivals* arrivals, PassedTable* passed,
                      ReadResult* out) {
  auto mode = static_cast<uint32_t>(slot->transfer);
  size_t room = std::max(kUnitBytes, (mode >> kUnitsShift) * kUnitBytes);
  size_t stride = room + kAlign;
  size_t free_bytes = slab.size - std::min(slab.size, *used);
  size_t free_arrivals = arrivals->size - arrivals->used;
  if (free_bytes < stride || free_arrivals == 0) return false;
  int fd = slot->read_fd;
  auto first_passed = static_cast<int32_t>(passed->count);
  *out = {0, static_cast<int32_t>(arrivals->used), first_passed, 0};
  bool errors_only = (mode & kErrorsOnly) != 0;
  if ((events & kError) != 0) {
    out->result =
        ReceiveErrors(fd, (mode & kHasErrorQueue) != 0, errors_only, arrivals);
    free_arrivals = arrivals->size - arrivals->used;
  }
  if (errors_only || free_arrivals == 0) return true;
  Pace pace(&slot->transfer);
  size_t ask = std::min({pace.Ask(), free_bytes / stride, free_arrivals});
  int32_t came;
  if ((mode & kTakesDescriptors) != 0) {
    came = ReceivePassing(fd, ask, room, slab, used, arrivals, passed);
  } else if ((mode & kWithAncillary) != 0) {
    came = ReceiveWithAncillary(fd, ask, room, 0, slab, used, arrivals, passed);
  } else if (ask > 1 || !kTellsLength) {
    came = ReceiveSeveral(fd, ask, room, slab, used, arrivals);
  } else {
    came = ReceiveOne(fd, room, slab, used, arrivals);
  }
  if ((mode & kHasErrorQueue) != 0) NameFailure(fd, arrivals);
  pace.Came(static_cast<size_t>(came));
  out->result += came;
  out->passed = static_cast<int32_t>(passed->count) - first_passed;
  return true;
}

}  // namespace rawloop
