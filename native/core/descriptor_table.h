// Who owns which descriptor: a word for each number of the process, as the
// kernel's own table is the process's. It says which environment opened, or
// adopted, what is behind the number, and what that was; so nothing is closed
// that somebody else opened, also where a number was closed by others and given
// out again. A number has one owner in this copy of the addon. The words are
// atomic: environments on several threads use it at once, with no lock.
#ifndef RAWLOOP_CORE_DESCRIPTOR_TABLE_H_
#define RAWLOOP_CORE_DESCRIPTOR_TABLE_H_

#include <atomic>
#include <cstdint>

namespace rawloop {

// The descriptors that one environment owns. Calls are 0 or -errno.
class OwnedDescriptors {
 public:
  OwnedDescriptors();
  // The environment ends: a Worker that was terminated ran no close of its own.
  ~OwnedDescriptors();
  OwnedDescriptors(const OwnedDescriptors&) = delete;
  OwnedDescriptors& operator=(const OwnedDescriptors&) = delete;

  // `fd` was opened just now: it, or -ENOMEM and it is closed again.
  int Opened(int fd);
  // The same for one whose number nobody is told yet: what is behind it is not
  // looked at before it is settled, which costs as much as to receive it.
  int Received(int fd);
  // Notes what is behind a received one. 0, or as Release.
  int Settle(int fd);
  // Closes one that is not settled. 0, or as Release.
  int CloseReceived(int fd);
  // Two at once: both are owned, or none is open.
  int OpenedPair(const int fds[2]);
  // -EBADF: not open; -EBUSY: another environment's.
  int Adopt(int fd);
  // 0: owned here, and still what was opened. Else as Release.
  int Check(int fd) const;
  // Whether a handle has it from here on, or until it is closed, released or
  // opened anew. 0, or as Release.
  int Hold(int fd, bool on);
  // Whether a handle does, of one that Check has found to be owned here.
  bool IsHeld(int fd) const;
  // Forgets it. -EBADF: not open; -EPERM: not owned here.
  int Release(int fd);
  // Closes it, if it is still what was opened. Else as Release.
  int Close(int fd);
  // The same for one that the caller has just seen to be what was opened.
  int CloseKnown(int fd);

 private:
  int Store(int fd, std::atomic<uint64_t>* word, uint64_t identity);
  int Take(int fd, bool and_close);

  uint64_t owner_;  // 0: there is no number left for this environment
  int end_ = 0;     // beyond the largest number that was ever owned
};

}  // namespace rawloop

#endif  // RAWLOOP_CORE_DESCRIPTOR_TABLE_H_
