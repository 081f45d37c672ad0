// kqueueWait: what a wait of kqueue found, as readiness bits with one record
// for each descriptor, where kqueue has one for each filter. See kqueue(2),
// poll(2).
#include <poll.h>

#include <memory>

#include "core/args.h"
#include "core/module.h"
#include "poll/kqueue_poller.h"
#include "poll/readiness.h"
#include "poll/wait.h"

namespace rawloop {
namespace {

constexpr int kOnStack = 256;

// Bits of a record while it is made.
constexpr uint32_t kReadEnded = 0x1000000;
constexpr uint32_t kWriteEnded = 0x2000000;

uint64_t UdataOf(const Event& event) {
  uint64_t udata;
  memcpy(&udata, &event.udata, sizeof(udata));
  return udata;
}

// What happened to a file or a folder.
uint32_t ChangesOf(const Event& event) {
  constexpr struct {
    unsigned int notes;
    uint32_t bit;
  } kTable[] = {
      {kNotesOfWriting, kWritten}, {NOTE_ATTRIB, kChangedAttributes},
      {NOTE_LINK, kChangedLinks},  {NOTE_RENAME, kRenamed},
      {NOTE_DELETE, kDeleted},     {kNoteRevoke, kRevoked},
  };
  uint32_t bits = 0;
  for (const auto& entry : kTable) {
    if ((event.fflags & entry.notes) != 0) bits |= entry.bit;
  }
  return bits;
}

uint32_t BitsOf(const Event& event, uint64_t udata) {
  if (event.filter == EVFILT_VNODE) return ChangesOf(event);
  bool ended = (event.flags & EV_EOF) != 0;
  bool socket = (udata & kIsSocket) != 0;
  // With the end of a socket comes its error, which stays there to be asked
  // for.
  uint32_t bits = ended && socket && event.fflags != 0 ? kError : 0;
  if (event.filter == EVFILT_WRITE) {
    if (!ended) return kWritable;
    // Nobody reads a pipe any more: that is an error, as a write would be.
    return bits | kWritable | (socket ? kWriteEnded : kError);
  }
  if (event.filter != EVFILT_READ) return bits | kPriority;
  if (!ended) return kReadable;
  if (socket) return bits | kReadable | kReadEnded;
  // Nobody writes to a pipe any more. What it holds can still be read.
  return event.data > 0 ? kReadable | kHangup : kHangup;
}

// The records of one wait, found again by descriptor: a table of indices, open
// addressing, at most half full.
class Merger {
 public:
  // For `found` events; `out` has room for `max` records.
  Merger(int found, uint8_t* out, int max) : out_(out), max_(max) {
    uint32_t size = 4;
    while (size < 2 * static_cast<uint32_t>(found)) size *= 2;
    mask_ = size - 1;
    if (size <= kOnStackTable) {
      memset(small_, 0, size * sizeof(Cell));
    } else {
      large_.reset(new Cell[size]());
      cells_ = large_.get();
    }
  }

  int count() const { return count_; }

  void Add(const Event& event) {
    // `registered` was wrong: what does not fit is not written.
    if (count_ == max_) return;
    if (event.filter == EVFILT_USER) {
      Append(kReadable, kWakerToken);
      return;
    }
    uint64_t udata = UdataOf(event);
    Cell* cell = Find(event.ident);
    if (cell->index == 0) {
      Append(0, udata & kTokenMask);
      *cell = {event.ident, udata, count_};
    }
    Record(cell->index)->events |= BitsOf(event, udata);
  }

  // Calls on for each descriptor: (fd, udata, record).
  template <typename Visit>
  void ForEach(Visit visit) {
    for (uint32_t i = 0; i <= mask_; i++) {
      Cell& cell = cells_[i];
      if (cell.index == 0) continue;
      visit(static_cast<int>(cell.ident), cell.udata, Record(cell.index));
    }
  }

 private:
  static constexpr uint32_t kOnStackTable = 2 * kOnStack;
  struct Cell {
    uintptr_t ident;
    uint64_t udata;
    int index;  // plus one; 0: free
  };

  Cell* Find(uintptr_t ident) {
    // Descriptors are small and dense: their low bits spread them well.
    uint32_t i = static_cast<uint32_t>(ident) & mask_;
    while (cells_[i].index != 0 && cells_[i].ident != ident)
      i = (i + 1) & mask_;
    return &cells_[i];
  }

  ReadyRecord* Record(int index) {
    return reinterpret_cast<ReadyRecord*>(out_) + (index - 1);
  }

  void Append(uint32_t events, uint64_t token) {
    *Record(++count_) = {events, static_cast<uint32_t>(token),
                         static_cast<uint32_t>(token >> 32)};
  }

  uint8_t* out_;
  uint32_t mask_;
  Cell small_[kOnStackTable];
  Cell* cells_ = small_;
  std::unique_ptr<Cell[]> large_;
  int max_;
  int count_ = 0;
};

// A full list may have cut off the second record of a descriptor: what it would
// have said is asked of poll(2). Not of edges, which are told one by one.
void CompleteHalves(Merger* merger) {
  merger->ForEach([](int fd, uint64_t udata, ReadyRecord* record) {
    constexpr uint32_t kBothSeen = kReadable | kWritable;
    if ((udata & kIsBoth) == 0 || (udata & kIsEdge) != 0 ||
        (record->events & kBothSeen) == kBothSeen) {
      return;
    }
    pollfd state{fd, POLLIN | POLLOUT, 0};
    if (poll(&state, 1, 0) != 1) return;
    if ((state.revents & POLLIN) != 0) record->events |= kReadable;
    if ((state.revents & POLLOUT) != 0) record->events |= kWritable;
  });
}

// EV_DISPATCH disables the filter that was reported. A oneshot is reported
// once, whichever of its two filters it was.
void DisableOtherHalf(int kq, int fd) {
  Changes changes;
  auto ident = static_cast<uintptr_t>(fd);
  changes.Push(Change(ident, EVFILT_READ, EV_DISABLE));
  changes.Push(Change(ident, EVFILT_WRITE, EV_DISABLE));
  changes.Apply(kq);
}

void Finish(int kq, Merger* merger) {
  merger->ForEach([kq](int fd, uint64_t udata, ReadyRecord* record) {
    constexpr uint64_t kTwoAtOnce = kIsBoth | kIsOneshot;
    if ((udata & kTwoAtOnce) == kTwoAtOnce) DisableOtherHalf(kq, fd);
    constexpr uint32_t kEnded = kReadEnded | kWriteEnded;
    if ((record->events & kEnded) == kEnded) record->events |= kHangup;
    record->events &= ~kEnded;
  });
}

// kqueueWait(kq, ready, maxevents, timeout, registered): as epoll_pwait2, with
// one record of readiness bits and token for each descriptor; `registered` is
// how many there are. The count or -errno (-EINTR too: the caller knows its
// deadline). Timeout in nanoseconds, -1: for ever.
napi_value KqueueWait(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  int max;
  double timeout_ns;
  uint32_t registered;
  Span out;
  if (!ReadInteger(env, args.at(3), "timeout", -1, kMaxSafeInteger,
                   &timeout_ns) ||
      !args.Integer(4, "registered", &registered) ||
      !args.Descriptor(0, &kq, "kq") ||
      !args.Integer(2, "maxevents", &max, 1, kMaxReady) ||
      !args.Memory(1, &out, "ready")) {
    return nullptr;
  }
  if (out.size < static_cast<size_t>(max) * sizeof(ReadyRecord)) {
    ThrowRange(env, "ready", "3 words of 32 bits for each of maxevents");
    return nullptr;
  }
  return Int(env,
             KqueueWaitFor({kq, reinterpret_cast<ReadyRecord*>(out.data), max,
                            static_cast<int64_t>(timeout_ns), registered}));
}

}  // namespace

int32_t KqueueWaitFor(const Wait& wait) {
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(wait.timeout_ns / 1000000000);
  timeout.tv_nsec = static_cast<long>(wait.timeout_ns % 1000000000);
  // Two records for each descriptor, when there are no more of these (and the
  // waker) than `out` has room for. Else what is found must fit unmerged.
  int asked = wait.registered < static_cast<uint32_t>(wait.max) ? 2 * wait.max
                                                                : wait.max;
  Event stack[kOnStack];
  std::unique_ptr<Event[]> heap;
  Event* events = stack;
  if (asked > kOnStack) {
    heap.reset(new Event[static_cast<size_t>(asked)]);
    events = heap.get();
  }
  int found = kevent(wait.poller, nullptr, 0, events, asked,
                     wait.timeout_ns < 0 ? nullptr : &timeout);
  if (found <= 0) return OrErrno(found);
  Merger merger(found, reinterpret_cast<uint8_t*>(wait.out), wait.max);
  for (int i = 0; i < found; i++) merger.Add(events[i]);
  if (found == asked) CompleteHalves(&merger);
  Finish(wait.poller, &merger);
  return merger.count();
}

namespace {

void RegisterKqueueWait(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueueWait", Guarded<KqueueWait>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterKqueueWait);

}  // namespace
}  // namespace rawloop
