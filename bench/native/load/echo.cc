// The echo load: see echo.h. The work per message is kept small (one clock
// reading, one recv, one send, one memcmp), so that the server and not this
// client is what gets measured. See epoll(7), recv(2), send(2).
#include "echo.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>

namespace load {
namespace {

constexpr int kMaxEvents = 1024;
constexpr size_t kReadBytes = 256 * 1024;
constexpr int kGroup = 100;  // below any server's backlog: no SYN is dropped
constexpr int64_t kAnswerTimeoutMs = 5000;
constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

EchoLoad::EchoLoad(const Options& options, Window* window)
    : options_(options),
      window_(window),
      pattern_(std::max(kReadBytes, options.message_bytes * options.depth)),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(options.connections),
      sent_at_ns_(static_cast<size_t>(options.connections) * options.depth),
      read_buffer_(kReadBytes) {}

bool EchoLoad::Open() {
  for (int begin = 0; begin < options_.connections; begin += kGroup) {
    const int end = std::min(begin + kGroup, options_.connections);
    if (!OpenGroup(begin, end)) return false;
  }
  return true;
}

bool EchoLoad::OpenGroup(int begin, int end) {
  for (int index = begin; index < end; index++) {
    if (!OpenOne(index)) return false;
    SendMessages(index, 1, NowNs());
  }
  return AwaitAnswers();
}

bool EchoLoad::OpenOne(int index) {
  Connection& connection = connections_[index];
  connection.seed = static_cast<uint32_t>(index) * 37;
  connection.boundary_bytes = options_.message_bytes;
  connection.fd = OpenStream(options_.server.family(), 0);
  const int fd = connection.fd.get();
  if (fd < 0) {
    window_->AddError(ErrorText("socket", errno));
    return false;
  }
  if (ConnectTo(connection.fd, options_.server) < 0 ||
      fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
      Watch(epoll_fd_, EPOLL_CTL_ADD, fd, EPOLLIN, index) < 0) {
    window_->AddError(ErrorText("connect", errno));
    return false;
  }
  return true;
}

// Puts `count` more messages on the way; all of them leave in one send(2).
void EchoLoad::SendMessages(int index, int count, int64_t now_ns) {
  Connection& connection = connections_[index];
  for (int i = 0; i < count; i++) {
    SentAtNs(index, connection.newest) = now_ns;
    connection.newest = NextPlace(connection.newest);
  }
  connection.due_bytes += options_.message_bytes * count;
  unanswered_ += count;
  if (!connection.waits_for_room) Flush(index);
}

void EchoLoad::Flush(int index) {
  Connection& connection = connections_[index];
  while (connection.sent_bytes < connection.due_bytes) {
    const ssize_t sent =
        send(connection.fd.get(),
             pattern_.At(connection.sent_bytes, connection.seed),
             connection.due_bytes - connection.sent_bytes, MSG_NOSIGNAL);
    if (sent > 0) {
      connection.sent_bytes += static_cast<uint64_t>(sent);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      Fail(index, ErrorText("send", errno));
      return;
    }
  }
  const bool needs_room = connection.sent_bytes < connection.due_bytes;
  if (needs_room == connection.waits_for_room) return;
  connection.waits_for_room = needs_room;
  Watch(epoll_fd_, EPOLL_CTL_MOD, connection.fd.get(),
        needs_room ? EPOLLIN | EPOLLOUT : EPOLLIN, index);
}

void EchoLoad::OnReadable(int index) {
  Connection& connection = connections_[index];
  const ssize_t received =
      recv(connection.fd.get(), read_buffer_.data(), kReadBytes, 0);
  if (received <= 0) {
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
    Fail(index, received < 0 ? ErrorText("recv", errno)
                             : "the server closed a connection");
    return;
  }
  const auto count = static_cast<size_t>(received);
  const int64_t now_ns = NowNs();
  if (connection.received_bytes + count > connection.sent_bytes ||
      !pattern_.Matches(connection.received_bytes, connection.seed,
                        read_buffer_.data(), count)) {
    Fail(index, "the answer is not what was sent");
    return;
  }
  connection.received_bytes += count;
  const int answered = CountAnswered(index, now_ns);
  if (sending_ && answered > 0) SendMessages(index, answered, now_ns);
}

// Records the messages that are answered in full and returns their number.
int EchoLoad::CountAnswered(int index, int64_t now_ns) {
  Connection& connection = connections_[index];
  int answered = 0;
  while (connection.received_bytes >= connection.boundary_bytes) {
    window_->Record(now_ns - SentAtNs(index, connection.oldest),
                    options_.message_bytes);
    connection.oldest = NextPlace(connection.oldest);
    connection.boundary_bytes += options_.message_bytes;
    answered++;
  }
  unanswered_ -= answered;
  return answered;
}

bool EchoLoad::IsDone() const {
  return sending_ ? window_->IsFull() : unanswered_ == 0;
}

// Serves the connections until there is nothing left to do, the deadline has
// come or something failed. True only for the first of the three.
bool EchoLoad::RunUntil(int64_t deadline_ns) {
  epoll_event events[kMaxEvents];
  while (!IsDone()) {
    const int64_t left_ns = deadline_ns - NowNs();
    if (left_ns <= 0) return false;
    const int count =
        epoll_wait(epoll_fd_.get(), events, kMaxEvents,
                   static_cast<int>((left_ns + kNsPerMs - 1) / kNsPerMs));
    for (int i = 0; i < count; i++) {
      const int index = static_cast<int>(events[i].data.u32);
      if (!connections_[index].fd.is_open()) continue;
      if ((events[i].events & EPOLLOUT) != 0) Flush(index);
      if (!connections_[index].fd.is_open()) continue;
      if ((events[i].events & ~uint32_t{EPOLLOUT}) != 0) OnReadable(index);
    }
    if (window_->errors() != 0) return false;
  }
  return true;
}

// With nothing new being sent: waits until every message has been answered.
bool EchoLoad::AwaitAnswers() {
  if (RunUntil(NowNs() + kAnswerTimeoutMs * kNsPerMs)) return true;
  if (window_->errors() == 0) {
    window_->AddError("the server stopped answering");
  }
  return false;
}

void EchoLoad::Run() {
  sending_ = true;
  const int64_t now_ns = NowNs();
  for (int index = 0; index < options_.connections; index++) {
    SendMessages(index, options_.depth, now_ns);
  }
  RunUntil(NowNs() + options_.warmup_ms * kNsPerMs);
  window_->Begin();
  RunUntil(NowNs() + options_.duration_ms * kNsPerMs);
  window_->End();
  sending_ = false;
  if (window_->errors() == 0) AwaitAnswers();
}

void EchoLoad::Hold() {
  pollfd watched[2] = {{STDIN_FILENO, POLLIN, 0}, {epoll_fd_.get(), POLLIN, 0}};
  char ignored[256];
  for (;;) {
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[1].revents != 0) {
      window_->AddError("the server closed an idle connection");
      return;
    }
    if (watched[0].revents != 0 &&
        read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0) {
      return;
    }
  }
}

void EchoLoad::Fail(int index, const std::string& what) {
  window_->AddError(what);
  connections_[index].fd.Reset();
}

}  // namespace load
