// Identities on Linux. All epolls, eventfds and other anonymous files share one
// inode (pidfds have one each since Linux 6.9), so two marks tell them apart,
// both by what epoll itself goes by, the open file and not its number:
//
//   - what can be polled is registered, for no event, in an epoll of our own,
//     the register: a file that is not in it is not ours;
//   - an epoll is not put there, as each of its events would pass the register
//     on its way. It holds a mark, an eventfd of our own, for no event either.
//
// Both go with the file, and neither wakes anybody. One pair serves all
// environments of this copy of the addon. See identity.h for the contract.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "os/identity_inode.h"
#include "os/known_status.h"

// Linux 4.6; older headers lack it.
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

namespace rawloop {
namespace {

int Control(int epfd, int op, int fd) {
  epoll_event nothing{};
  return epoll_ctl(epfd, op, fd, &nothing) < 0 ? -errno : 0;
}

// Whether a number still stands for what it stood for. The kernel may refuse to
// say (a filter of system calls, no memory for a while), and that is no answer.
enum class Answer { kYes, kNo, kUnsaid };

bool IsAnonymous(const struct stat& status) {
  return (status.st_mode & S_IFMT) == 0;
}

// Whether the open file that now has the number `fd` is in the set of `epfd`.
Answer Holds(int epfd, int fd) {
  switch (Control(epfd, EPOLL_CTL_MOD, fd)) {
    case 0:
      return Answer::kYes;
    case -ENOENT:
    case -EBADF:   // one of them is not open
    case -EINVAL:  // `epfd` is no epoll
      return Answer::kNo;
    case -EPERM: {
      // A filter's word, or what is there now cannot be polled.
      struct stat status;
      bool other = KnownStatus(fd, &status) == 0 && !IsAnonymous(status);
      return other ? Answer::kNo : Answer::kUnsaid;
    }
    default:
      return Answer::kUnsaid;
  }
}

bool Add(int epfd, int fd) {
  int error = Control(epfd, EPOLL_CTL_ADD, fd);
  if (error == -EEXIST) return Holds(epfd, fd) == Answer::kYes;
  return error == 0;
}

class Marks {
 public:
  void Begin() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (users_++ == 0) Open();
  }

  void End() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (--users_ == 0) Close();
  }

  // Whether `fd` is an epoll, which has a mark from now on.
  bool MarkEpoll(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    int mark = MarkFor(fd);
    return mark >= 0 && Add(fd, mark);
  }

  Answer IsMarked(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    int mark = MarkFor(fd);
    return mark >= 0 ? Holds(fd, mark) : Answer::kNo;
  }

  // Whether a file of no kind has an inode of its own all the same.
  bool HasInode(const struct stat& status) const {
    const uint64_t shared = shared_device_.load(std::memory_order_relaxed);
    return shared != kNoDevice && status.st_dev != shared;
  }

  bool Register(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    return Intact() && Add(register_, fd);
  }

  Answer IsRegistered(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    return Intact() ? Holds(register_, fd) : Answer::kNo;
  }

 private:
  // The kernel looks at all the ways from a file to the epolls that wait for
  // it, and allows 500 of length two: a mark serves so many epolls and no more.
  static constexpr int kEpollsOfMark = 256;

  bool Open() {
    register_ = epoll_create1(EPOLL_CLOEXEC);
    marks_.assign(1, register_ < 0 ? -1 : OpenMark());
    struct stat status;
    if (marks_[0] >= 0 && KnownStatus(marks_[0], &status) == 0) {
      shared_device_ = status.st_dev;
    }
    if (marks_[0] >= 0) return true;
    if (register_ >= 0) close(register_);
    register_ = -1;
    return false;
  }

  // In the register, so that it is known whether it is still ours.
  int OpenMark() {
    int mark = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mark < 0 || Add(register_, mark)) return mark;
    close(mark);
    return -1;
  }

  bool IsOurs(int mark) const {
    return mark >= 0 && Holds(register_, mark) != Answer::kNo;
  }

  void Close() {
    bool intact = IsOurs(marks_[0]);
    for (int mark : marks_) {
      if (IsOurs(mark)) close(mark);
    }
    if (intact) close(register_);
    register_ = -1;
    marks_.clear();
  }

  // Their numbers too may be closed by others. Then they are no longer ours to
  // close, and what was known by them is left open.
  bool Intact() { return !marks_.empty() && (IsOurs(marks_[0]) || Open()); }

  int MarkFor(int epfd) {
    if (!Intact()) return -1;
    auto index = static_cast<size_t>(epfd / kEpollsOfMark);
    if (index >= marks_.size()) marks_.resize(index + 1, -1);
    int& mark = marks_[index];
    if (!IsOurs(mark)) mark = OpenMark();
    return mark;
  }

  std::mutex mutex_;
  size_t users_ = 0;
  int register_ = -1;
  std::vector<int> marks_;
  // That of the inode which anonymous files share.
  static constexpr uint64_t kNoDevice = UINT64_MAX;
  std::atomic<uint64_t> shared_device_{kNoDevice};
};

// Never destroyed: at exit(3) other threads may still close descriptors.
Marks& TheMarks() {
  static Marks& marks = *new Marks();
  return marks;
}

// The cookie, unique since the system's start; or -errno.
int64_t CookieOf(int fd) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) < 0) return -errno;
  return static_cast<int64_t>(cookie & INT64_MAX);
}

Identity IdentifyAnonymous(int fd, const struct stat& status) {
  Marks& marks = TheMarks();
  if (marks.MarkEpoll(fd)) return MakeIdentity(IdentityKind::kEpoll, 0);
  if (marks.Register(fd)) return MakeIdentity(IdentityKind::kPolled, 0);
  // Nothing that can be polled, or no memory: by its inode, as good as that is.
  return IdentityOf(status);
}

Identity IdentifyByStatus(int fd, bool marks) {
  struct stat status;
  if (KnownStatus(fd, &status) < 0) return errno == EBADF ? kNotOpen : kUnknown;
  return marks && IsAnonymous(status) && !TheMarks().HasInode(status)
             ? IdentifyAnonymous(fd, status)
             : IdentityOf(status);
}

Answer IsSameSocket(int fd, Identity identity) {
  int64_t cookie = CookieOf(fd);
  if (cookie == -EBADF || cookie == -ENOTSOCK) return Answer::kNo;
  if (cookie < 0) return Answer::kUnsaid;
  Identity now =
      MakeIdentity(IdentityKind::kSocket, static_cast<uint64_t>(cookie));
  return now == identity ? Answer::kYes : Answer::kNo;
}

Answer IsSame(int fd, Identity identity) {
  if (identity == kUnknown) return Answer::kUnsaid;
  switch (KindOf(identity)) {
    case IdentityKind::kSocket:
      return IsSameSocket(fd, identity);
    case IdentityKind::kPolled:
      return TheMarks().IsRegistered(fd);
    case IdentityKind::kEpoll:
      return TheMarks().IsMarked(fd);
    default: {
      Identity now = IdentifyByStatus(fd, false);
      if (now == kUnknown) return Answer::kUnsaid;
      return now == identity ? Answer::kYes : Answer::kNo;
    }
  }
}

// What is left to go by when the kernel would not say more.
bool IsOfSameKind(const struct stat& status, Identity identity) {
  switch (KindOf(identity)) {
    case IdentityKind::kSocket:
      return S_ISSOCK(status.st_mode);
    case IdentityKind::kPolled:
    case IdentityKind::kEpoll:
      return IsAnonymous(status);
    default:
      return true;
  }
}

}  // namespace

Identity Identify(int fd) {
  // Sockets first: of these there are many, and for them it is one call.
  int64_t cookie = CookieOf(fd);
  if (cookie >= 0) {
    return MakeIdentity(IdentityKind::kSocket, static_cast<uint64_t>(cookie));
  }
  return cookie == -EBADF ? kNotOpen : IdentifyByStatus(fd, true);
}

// Where the kernel would not say, something of the same kind counts as the
// same: a number that is never closed is lost for certain, and that one was
// closed by others just when the kernel refuses to tell is next to impossible.
int CheckIdentity(int fd, Identity identity) {
  Answer answer = IsSame(fd, identity);
  if (answer == Answer::kYes) return 0;
  struct stat status;
  if (KnownStatus(fd, &status) < 0) {
    if (errno == EBADF) return -EBADF;
    return answer == Answer::kNo ? -EPERM : 0;
  }
  bool same = answer == Answer::kUnsaid && IsOfSameKind(status, identity);
  return same ? 0 : -EPERM;
}

void BeginIdentities() { TheMarks().Begin(); }
void EndIdentities() { TheMarks().End(); }

int CloseIdentical(int fd, Identity identity) {
  int error = CheckIdentity(fd, identity);
  return error < 0 ? error : CloseOnce(fd);
}

}  // namespace rawloop
