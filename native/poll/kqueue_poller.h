// What the two files of the kqueue half of a poller share: the udata of a
// registration, in which stands all that is known of it (the token in the low
// 53 bits, above it how it was asked for), and changes with their receipts. See
// kqueue(2).
#ifndef RAWLOOP_POLL_KQUEUE_POLLER_H_
#define RAWLOOP_POLL_KQUEUE_POLLER_H_

#include <node_api.h>
#include <sys/types.h>
// After sys/types.h, which NetBSD's and OpenBSD's needs.
#include <sys/event.h>
#include <sys/time.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "core/retried.h"

namespace rawloop {

constexpr int kTokenBits = 53;
constexpr uint64_t kTokenMask = (uint64_t{1} << kTokenBits) - 1;
constexpr uint64_t kIsSocket = uint64_t{1} << kTokenBits;
constexpr uint64_t kIsOneshot = uint64_t{2} << kTokenBits;
constexpr uint64_t kIsEdge = uint64_t{4} << kTokenBits;
// Both READ and WRITE: there may be a second record.
constexpr uint64_t kIsBoth = uint64_t{8} << kTokenBits;

// OpenBSD alone tells a file that was cut apart from one that was written.
#ifdef NOTE_TRUNCATE
constexpr unsigned int kNotesOfWriting =
    NOTE_WRITE | NOTE_EXTEND | NOTE_TRUNCATE;
#else
constexpr unsigned int kNotesOfWriting = NOTE_WRITE | NOTE_EXTEND;
#endif
// libkqueue has none.
#ifdef NOTE_REVOKE
constexpr unsigned int kNoteRevoke = NOTE_REVOKE;
#else
constexpr unsigned int kNoteRevoke = 0;
#endif

constexpr uint64_t kWakerToken = kTokenMask;

using Event = struct kevent;

inline Event Change(uintptr_t ident, int filter, int flags,
                    uint64_t udata = 0) {
  Event change{};
  change.ident = ident;
  change.filter = static_cast<decltype(change.filter)>(filter);
  change.flags = static_cast<decltype(change.flags)>(flags | EV_RECEIPT);
  memcpy(&change.udata, &udata, sizeof(udata));
  return change;
}

// The changes of one call, and one result for each.
class Changes {
 public:
  void Push(const Event& change) { changes_[count_++] = change; }

  // 0 or -errno; then result() is what became of each change.
  int Apply(int kq) {
    const timespec at_once{};
    // libkqueue tells an errno that it did not set for some that succeed.
    errno = 0;
    int count = Retried([&] {
      return kevent(kq, changes_, count_, results_, count_, &at_once);
    });
    if (count < 0) return -errno;
    // EV_RECEIPT: each change is answered in its place.
    return count == count_ ? 0 : -EIO;
  }

  int count() const { return count_; }
  bool is_delete(int index) const {
    return (changes_[index].flags & EV_DELETE) != 0;
  }
  // 0 or an errno.
  int error(int index) const { return static_cast<int>(results_[index].data); }

 private:
  static constexpr int kMax = 9;
  Event changes_[kMax];
  Event results_[kMax];
  int count_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_POLL_KQUEUE_POLLER_H_
