// The churn load: see churn.h.
//
// How a connection ends matters. A reset (SO_LINGER 0, `--close rst`) would
// leave no port in TIME_WAIT, but every server would then be measured on its
// error path (ECONNRESET, in Node an Error object with a stack) and not on the
// close that real clients cause. An echo server never closes first either. So
// the default is the orderly way: once the echo is there, shutdown(2), wait for
// the server's own FIN, which proves that the server let go as well, and close.
// TIME_WAIT then stays on this side. Ports do not run out, because the sources
// are spread over 16 loopback addresses (450,000 pairs) and because Linux takes
// a loopback pair out of TIME_WAIT after a second (tcp_tw_reuse=2, its
// default).
//
// Edge triggered here, unlike elsewhere: a connection passes through its stages
// with one epoll_ctl(2) in all. See tcp(7), ip(7), socket(7).
#include "churn.h"

#include <algorithm>

namespace load {
namespace {

constexpr int kMaxEvents = 1024;
constexpr size_t kReadBytes = 64 * 1024;
constexpr uint32_t kSources = 16;
constexpr int64_t kFinishTimeoutNs = 5'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;

// The port is chosen by connect(2), when the whole pair of ends is known.
int BindSource(const UniqueFd& fd, uint32_t number) {
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % kSources);
  return bind(fd.get(), reinterpret_cast<const sockaddr*>(&source),
              sizeof(source));
}

}  // namespace

ChurnLoad::ChurnLoad(const Options& options, Window* window)
    : options_(options),
      window_(window),
      pattern_(std::max(kReadBytes, options.message_bytes)),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      slots_(options.connections),
      read_buffer_(kReadBytes) {}

void ChurnLoad::Begin(uint32_t index) {
  Slot& slot = slots_[index];
  slot = Slot{};
  slot.began_ns = NowNs();
  slot.fd = OpenStream(AF_INET, SOCK_NONBLOCK);
  open_slots_++;
  if (!slot.fd.is_open()) return Fail(index, ErrorText("socket", errno));
  if (BindSource(slot.fd, next_source_++) < 0) {
    return Fail(index, ErrorText("bind", errno));
  }
  if (ConnectTo(slot.fd, options_.server) < 0 && errno != EINPROGRESS) {
    return Fail(index, ErrorText("connect", errno));
  }
  if (Watch(epoll_fd_, EPOLL_CTL_ADD, slot.fd.get(),
            EPOLLIN | EPOLLOUT | EPOLLET, index) < 0) {
    Fail(index, ErrorText("epoll_ctl", errno));
  }
}

void ChurnLoad::OnEvent(uint32_t index, uint32_t ready) {
  Slot& slot = slots_[index];
  if (slot.stage == Stage::kConnecting) {
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(slot.fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Fail(index, ErrorText("connect", error));
    if ((ready & EPOLLOUT) == 0) return;
    slot.stage = Stage::kEchoing;
  }
  if ((ready & EPOLLOUT) != 0 && slot.sent_bytes < options_.message_bytes) {
    SendMessage(index);
  }
  if (slot.fd.is_open() && (ready & ~uint32_t{EPOLLOUT}) != 0) Receive(index);
}

void ChurnLoad::SendMessage(uint32_t index) {
  Slot& slot = slots_[index];
  while (slot.sent_bytes < options_.message_bytes) {
    const ssize_t sent =
        send(slot.fd.get(), pattern_.At(slot.sent_bytes, index),
             options_.message_bytes - slot.sent_bytes, MSG_NOSIGNAL);
    if (sent > 0) {
      slot.sent_bytes += static_cast<size_t>(sent);
    } else if (errno == EAGAIN) {
      return;  // an EPOLLOUT edge follows
    } else if (errno != EINTR) {
      return Fail(index, ErrorText("send", errno));
    }
  }
}

// Reads until the next edge is due: a short read means that nothing is left.
void ChurnLoad::Receive(uint32_t index) {
  Slot& slot = slots_[index];
  for (;;) {
    const ssize_t received =
        recv(slot.fd.get(), read_buffer_.data(), kReadBytes, 0);
    if (received < 0) {
      if (errno == EAGAIN) return;
      if (errno == EINTR) continue;
      return Fail(index, ErrorText("recv", errno));
    }
    if (received == 0) {
      if (slot.stage == Stage::kClosing) return Finish(index);
      return Fail(index, "the server closed a connection");
    }
    const auto count = static_cast<size_t>(received);
    if (slot.received_bytes + count > slot.sent_bytes ||
        !pattern_.Matches(slot.received_bytes, index, read_buffer_.data(),
                          count)) {
      return Fail(index, "the answer is not what was sent");
    }
    slot.received_bytes += count;
    if (slot.received_bytes == options_.message_bytes) OnAnswered(index);
    if (!slot.fd.is_open() || count < kReadBytes) return;
  }
}

void ChurnLoad::OnAnswered(uint32_t index) {
  Slot& slot = slots_[index];
  window_->Record(NowNs() - slot.began_ns, options_.message_bytes);
  if (options_.close_by == CloseBy::kReset) {
    const linger reset = {1, 0};
    setsockopt(slot.fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    return Finish(index);
  }
  slot.stage = Stage::kClosing;
  shutdown(slot.fd.get(), SHUT_WR);
}

void ChurnLoad::Finish(uint32_t index) {
  slots_[index].fd.Reset();
  open_slots_--;
  if (beginning_) Begin(index);
}

void ChurnLoad::Fail(uint32_t index, const std::string& what) {
  window_->AddError(what);
  slots_[index].fd.Reset();
  open_slots_--;
}

// Serves the slots until the deadline, a failure, or the end: enough counted,
// or, with no new connections being made, none left. True only for the end.
bool ChurnLoad::RunUntil(int64_t deadline_ns) {
  epoll_event events[kMaxEvents];
  while (beginning_ ? !window_->IsFull() : open_slots_ > 0) {
    const int64_t left_ns = deadline_ns - NowNs();
    if (left_ns <= 0) return false;
    const int count =
        epoll_wait(epoll_fd_.get(), events, kMaxEvents,
                   static_cast<int>((left_ns + kNsPerMs - 1) / kNsPerMs));
    for (int i = 0; i < count; i++) {
      const uint32_t index = events[i].data.u32;
      if (slots_[index].fd.is_open()) OnEvent(index, events[i].events);
    }
    if (window_->errors() != 0) return false;
  }
  return true;
}

void ChurnLoad::Run() {
  beginning_ = true;
  for (uint32_t index = 0; index < slots_.size(); index++) Begin(index);
  RunUntil(NowNs() + options_.warmup_ms * kNsPerMs);
  window_->Begin();
  RunUntil(NowNs() + options_.duration_ms * kNsPerMs);
  window_->End();
  beginning_ = false;
  if (!RunUntil(NowNs() + kFinishTimeoutNs) && window_->errors() == 0) {
    window_->AddError("the server did not close a connection");
  }
}

}  // namespace load
