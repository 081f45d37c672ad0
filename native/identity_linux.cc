// Identities on Linux. All epolls, eventfds and other anonymous files share one
// inode, so two marks tell them apart, both by what epoll itself goes by, the
// open file and not its number:
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

#include <mutex>
#include <vector>

#include "identity_inode.h"

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

// Whether the open file that now has the number `fd` is in the set of `epfd`.
bool Holds(int epfd, int fd) { return Control(epfd, EPOLL_CTL_MOD, fd) == 0; }

bool Add(int epfd, int fd) {
  int error = Control(epfd, EPOLL_CTL_ADD, fd);
  return error == 0 || error == -EEXIST;
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

  bool IsMarked(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    int mark = MarkFor(fd);
    return mark >= 0 && Holds(fd, mark);
  }

  bool Register(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    return Intact() && Add(register_, fd);
  }

  bool IsRegistered(int fd) {
    std::lock_guard<std::mutex> lock(mutex_);
    return Intact() && Holds(register_, fd);
  }

 private:
  // The kernel looks at all the ways from a file to the epolls that wait for
  // it, and allows 500 of length two: a mark serves so many epolls and no more.
  static constexpr int kEpollsOfMark = 256;

  void Open() {
    register_ = epoll_create1(EPOLL_CLOEXEC);
    marks_.assign(1, OpenMark());
  }

  // In the register, so that it is known whether it is still ours.
  int OpenMark() {
    int mark = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mark < 0 || Add(register_, mark)) return mark;
    close(mark);
    return -1;
  }

  void Close() {
    bool intact = Holds(register_, marks_[0]);
    for (int mark : marks_) {
      if (mark >= 0 && Holds(register_, mark)) close(mark);
    }
    if (intact) close(register_);
    register_ = -1;
    marks_.clear();
  }

  // Their numbers too may be closed by others. Then they are no longer ours to
  // close, and what was known by them is left open.
  bool Intact() {
    if (marks_.empty()) return false;
    if (Holds(register_, marks_[0])) return true;
    Open();
    return Holds(register_, marks_[0]);
  }

  int MarkFor(int epfd) {
    if (!Intact()) return -1;
    auto index = static_cast<size_t>(epfd / kEpollsOfMark);
    if (index >= marks_.size()) marks_.resize(index + 1, -1);
    int& mark = marks_[index];
    if (mark < 0 || !Holds(register_, mark)) mark = OpenMark();
    return mark;
  }

  std::mutex mutex_;
  size_t users_ = 0;
  int register_ = -1;
  std::vector<int> marks_;
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
  if (fstat(fd, &status) < 0) return errno == EBADF ? kNotOpen : kUnknown;
  bool anonymous = (status.st_mode & S_IFMT) == 0;
  return anonymous && marks ? IdentifyAnonymous(fd, status)
                            : IdentityOf(status);
}

bool IsSame(int fd, Identity identity) {
  switch (KindOf(identity)) {
    case IdentityKind::kSocket: {
      int64_t cookie = CookieOf(fd);
      return cookie >= 0 &&
             MakeIdentity(IdentityKind::kSocket,
                          static_cast<uint64_t>(cookie)) == identity;
    }
    case IdentityKind::kPolled:
      return TheMarks().IsRegistered(fd);
    case IdentityKind::kEpoll:
      return TheMarks().IsMarked(fd);
    default:
      return IdentifyByStatus(fd, false) == identity;
  }
}

bool IsOpen(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 || errno != EBADF;
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

int CheckIdentity(int fd, Identity identity) {
  // Twice, as the kernel may refuse to say for once.
  if (identity != kUnknown && (IsSame(fd, identity) || IsSame(fd, identity))) {
    return 0;
  }
  if (!IsOpen(fd)) return -EBADF;
  return identity == kUnknown ? 0 : -EPERM;
}

void BeginIdentities() { TheMarks().Begin(); }
void EndIdentities() { TheMarks().End(); }

int CloseIdentical(int fd, Identity identity) {
  int error = CheckIdentity(fd, identity);
  return error < 0 ? error : CloseOnce(fd);
}

}  // namespace rawloop
