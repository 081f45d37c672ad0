// The load of passed descriptors: see pass.h. Both sides pass /dev/null, which
// says little by itself; so the client checks that what it gets is that file.
// See unix(7), cmsg(3), proc_pid_fd(5).
#include "pass.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

namespace load {
namespace {

constexpr int kMaxEvents = 1024;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kAnswerTimeoutNs = 5000 * kNsPerMs;
// A runtime opens one now and then for itself.
constexpr int kOwnDescriptors = 8;

// Room for one descriptor, aligned as a control message has to be.
union Control {
  cmsghdr head;
  char bytes[CMSG_SPACE(sizeof(int))];
};

msghdr MessageOf(iovec* piece, Control* control) {
  msghdr message{};
  message.msg_iov = piece;
  message.msg_iovlen = 1;
  message.msg_control = control->bytes;
  message.msg_controllen = sizeof(control->bytes);
  return message;
}

// The descriptor that came with a message, if it is one and no more.
UniqueFd Received(msghdr* message) {
  const cmsghdr* head = CMSG_FIRSTHDR(message);
  int fd = -1;
  if (head != nullptr && head->cmsg_level == SOL_SOCKET &&
      head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    std::memcpy(&fd, CMSG_DATA(head), sizeof(fd));
  }
  return UniqueFd(fd);
}

bool IsSameFile(int a, int b) {
  struct stat a_stat {};
  struct stat b_stat {};
  return fstat(a, &a_stat) == 0 && fstat(b, &b_stat) == 0 &&
         a_stat.st_dev == b_stat.st_dev && a_stat.st_ino == b_stat.st_ino;
}

}  // namespace

PassLoad::PassLoad(const Options& options, Window* window)
    : options_(options),
      window_(window),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      own_fd_(open("/dev/null", O_RDONLY | O_CLOEXEC)),
      connections_(options.connections) {}

bool PassLoad::Open() {
  for (uint32_t index = 0; index < connections_.size(); index++) {
    if (!OpenOne(index)) {
      Fail(ErrorText("connect", errno));
      return false;
    }
    Pass(index, NowNs());
    if (!AwaitAnswers()) return false;
  }
  return true;
}

bool PassLoad::OpenOne(uint32_t index) {
  UniqueFd& fd = connections_[index].fd;
  fd = OpenStream(AF_UNIX, 0);
  return fd.is_open() && ConnectTo(fd, options_.server) == 0 &&
         fcntl(fd.get(), F_SETFL, O_NONBLOCK) == 0 &&
         Watch(epoll_fd_, EPOLL_CTL_ADD, fd.get(), EPOLLIN, index) == 0;
}

// One byte is on the way at a time, for which there is always room.
void PassLoad::Pass(uint32_t index, int64_t now_ns) {
  Control control{};
  unsigned char byte = 1;
  iovec piece = {&byte, 1};
  msghdr message = MessageOf(&piece, &control);
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = own_fd_.get();
  std::memcpy(CMSG_DATA(head), &fd, sizeof(fd));
  Connection& connection = connections_[index];
  if (sendmsg(connection.fd.get(), &message, MSG_NOSIGNAL) != 1) {
    return Fail(ErrorText("sendmsg", errno));
  }
  connection.sent_ns = now_ns;
  unanswered_++;
}

void PassLoad::OnReadable(uint32_t index) {
  Control control{};
  unsigned char bytes[2];
  iovec piece = {bytes, sizeof(bytes)};
  msghdr message = MessageOf(&piece, &control);
  Connection& connection = connections_[index];
  const ssize_t count =
      recvmsg(connection.fd.get(), &message, MSG_CMSG_CLOEXEC);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) Fail(ErrorText("recvmsg", errno));
    return;
  }
  if (count == 0) return Fail("the server closed a connection");
  const UniqueFd fd = Received(&message);
  if (count != 1 || !fd.is_open() || (message.msg_flags & MSG_CTRUNC) != 0 ||
      !IsSameFile(fd.get(), own_fd_.get())) {
    return Fail("the answer is not a byte with the descriptor of /dev/null");
  }
  const int64_t now_ns = NowNs();
  window_->Record(now_ns - connection.sent_ns, 1);
  unanswered_--;
  if (sending_) Pass(index, now_ns);
}

bool PassLoad::IsDone() const {
  return sending_ ? window_->IsFull() : unanswered_ == 0;
}

// Serves the connections until there is nothing left to do, the deadline has
// come or something failed. True only for the first of the three.
bool PassLoad::RunUntil(int64_t deadline_ns) {
  epoll_event events[kMaxEvents];
  while (!IsDone()) {
    const int64_t left_ns = deadline_ns - NowNs();
    if (left_ns <= 0) return false;
    const int count =
        epoll_wait(epoll_fd_.get(), events, kMaxEvents,
                   static_cast<int>((left_ns + kNsPerMs - 1) / kNsPerMs));
    for (int i = 0; i < count; i++) OnReadable(events[i].data.u32);
    if (window_->errors() != 0) return false;
  }
  return true;
}

bool PassLoad::AwaitAnswers() {
  if (RunUntil(NowNs() + kAnswerTimeoutNs)) return true;
  if (window_->errors() == 0) Fail("the server stopped answering");
  return false;
}

// How many the server has open; 0 where that cannot be known.
int PassLoad::ServerDescriptors() const {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/%d/fd",
                static_cast<int>(options_.server_pid));
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path), closedir);
  int count = 0;
  while (folder != nullptr && readdir(folder.get()) != nullptr) count++;
  return count;
}

void PassLoad::Run() {
  const int open_before = ServerDescriptors();
  sending_ = true;
  const int64_t now_ns = NowNs();
  for (uint32_t index = 0; index < connections_.size(); index++) {
    Pass(index, now_ns);
  }
  RunUntil(NowNs() + options_.warmup_ms * kNsPerMs);
  window_->Begin();
  RunUntil(NowNs() + options_.duration_ms * kNsPerMs);
  window_->End();
  sending_ = false;
  if (window_->errors() != 0 || !AwaitAnswers()) return;
  if (ServerDescriptors() > open_before + kOwnDescriptors) {
    Fail("the server leaves descriptors open");
  }
}

}  // namespace load
