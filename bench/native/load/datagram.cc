// The datagram load: see datagram.h. What a socket has to send goes out by one
// sendmmsg(2), so that a burst arrives as one, and what has come is taken by
// one recvmmsg(2): the server and not this client is to be the slower of the
// two. The sockets are connected: a server that is gone is told by
// ECONNREFUSED.
#include "datagram.h"

#include <algorithm>

namespace load {
namespace {

constexpr int kMaxEvents = 256;
constexpr int64_t kNsPerMs = 1'000'000;
// Far above any round trip, also where the server waits for its processor.
constexpr int64_t kAnswerNs = 250 * kNsPerMs;
constexpr int64_t kLookNs = 50 * kNsPerMs;
constexpr int kMaxTries = 20;
constexpr char kSilent[] = "the server stopped answering";

}  // namespace

DatagramLoad::DatagramLoad(const Options& options, Window* window)
    : options_(options),
      window_(window),
      pattern_(options.message_bytes),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      sockets_(options.connections),
      places_(static_cast<size_t>(options.connections) * options.depth),
      in_bytes_((options.message_bytes + 1) * options.depth),
      out_bytes_(options.message_bytes * options.depth),
      pieces_(static_cast<size_t>(options.depth) * 2),
      in_(options.depth),
      out_(options.depth) {
  // A byte more than is sent, so that an answer that is too long shows.
  const size_t in_size = options.message_bytes + 1;
  const size_t out_size = options.message_bytes;
  for (size_t i = 0; i < in_.size(); i++) {
    iovec* pieces = &pieces_[i * 2];
    pieces[0] = {in_bytes_.data() + i * in_size, in_size};
    pieces[1] = {out_bytes_.data() + i * out_size, out_size};
    in_[i].msg_hdr.msg_iov = &pieces[0];
    out_[i].msg_hdr.msg_iov = &pieces[1];
    in_[i].msg_hdr.msg_iovlen = out_[i].msg_hdr.msg_iovlen = 1;
  }
}

bool DatagramLoad::Open() {
  for (uint32_t index = 0; index < sockets_.size(); index++) {
    if (OpenOne(index)) continue;
    Fail(ErrorText("socket", errno));
    return false;
  }
  return true;
}

bool DatagramLoad::OpenOne(uint32_t index) {
  UniqueFd& fd = sockets_[index];
  fd.Reset(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return fd.is_open() && ConnectTo(fd, options_.server) == 0 &&
         Watch(epoll_fd_, EPOLL_CTL_ADD, fd.get(), EPOLLIN, index) == 0;
}

// Fills the windows of all sockets.
void DatagramLoad::SendAll() {
  const int64_t now_ns = NowNs();
  for (uint32_t index = 0; index < sockets_.size(); index++) {
    for (uint32_t number = 0; number < out_.size(); number++) {
      Place* place = PlaceOf(index, number);
      *place = {number, 0, now_ns, now_ns};
      unanswered_++;
      Queue(index, place, now_ns);
    }
    Flush(index);
  }
}

void DatagramLoad::Queue(uint32_t index, Place* place, int64_t now_ns) {
  unsigned char* bytes = out_bytes_.data() + queued_++ * options_.message_bytes;
  const Header header = {index, place->number};
  std::memcpy(bytes, &header, sizeof(header));
  std::memcpy(bytes + sizeof(header), pattern_.At(place->number, index),
              options_.message_bytes - sizeof(header));
  place->sent_ns = now_ns;
  place->tries++;
}

// What finds no room is lost, and sent again when its time is up.
void DatagramLoad::Flush(uint32_t index) {
  for (size_t begin = 0; begin < queued_;) {
    const int sent = sendmmsg(sockets_[index].get(), &out_[begin],
                              static_cast<unsigned>(queued_ - begin), 0);
    if (sent > 0) {
      begin += static_cast<size_t>(sent);
      window_->AddSent(static_cast<uint64_t>(sent));
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      break;
    } else if (errno != EINTR) {
      Fail(ErrorText("sendmmsg", errno));
      break;
    }
  }
  queued_ = 0;
}

void DatagramLoad::OnReadable(uint32_t index) {
  const int count = recvmmsg(sockets_[index].get(), in_.data(),
                             static_cast<unsigned>(in_.size()), 0, nullptr);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) Fail(ErrorText("recvmmsg", errno));
    return;
  }
  window_->AddReceived(static_cast<uint64_t>(count));
  const int64_t now_ns = NowNs();
  for (int i = 0; i < count; i++) {
    const auto* bytes =
        static_cast<const unsigned char*>(in_[i].msg_hdr.msg_iov->iov_base);
    OnAnswer(index, bytes, in_[i].msg_len, now_ns);
  }
  Flush(index);
}

void DatagramLoad::OnAnswer(uint32_t index, const unsigned char* bytes,
                            size_t count, int64_t now_ns) {
  Header header{};
  std::memcpy(&header, bytes, std::min(count, sizeof(header)));
  if (count != options_.message_bytes || header.socket != index ||
      !pattern_.Matches(header.number, index, bytes + sizeof(header),
                        count - sizeof(header))) {
    return Fail("the answer is not what was sent");
  }
  Place* place = PlaceOf(index, header.number);
  if (place->tries == 0 || place->number != header.number) {
    return window_->AddStray();
  }
  window_->Record(now_ns - place->first_sent_ns, count);
  place->tries = 0;
  unanswered_--;
  if (!sending_) return;
  place->number += static_cast<uint32_t>(options_.depth);
  place->first_sent_ns = now_ns;
  unanswered_++;
  Queue(index, place, now_ns);
}

void DatagramLoad::SendAgain(int64_t now_ns) {
  for (uint32_t index = 0; index < sockets_.size(); index++) {
    for (uint32_t number = 0; number < out_.size(); number++) {
      Place* place = PlaceOf(index, number);
      if (place->tries == 0 || now_ns - place->sent_ns < kAnswerNs) continue;
      if (place->tries == kMaxTries) {
        return Fail(kSilent);
      }
      window_->AddLost();
      Queue(index, place, now_ns);
    }
    Flush(index);
  }
}

bool DatagramLoad::IsDone() const {
  return sending_ ? window_->IsFull() : unanswered_ == 0;
}

// Serves the sockets until there is nothing left to do, the deadline has come
// or something failed. True only for the first of the three.
bool DatagramLoad::RunUntil(int64_t deadline_ns) {
  epoll_event events[kMaxEvents];
  while (!IsDone() && window_->errors() == 0) {
    const int64_t now_ns = NowNs();
    if (now_ns >= deadline_ns) return false;
    if (now_ns >= next_look_ns_) {
      SendAgain(now_ns);
      next_look_ns_ = now_ns + kLookNs;
    }
    const int64_t left_ns = std::min(deadline_ns, next_look_ns_) - now_ns;
    const int count =
        epoll_wait(epoll_fd_.get(), events, kMaxEvents,
                   static_cast<int>((left_ns + kNsPerMs - 1) / kNsPerMs));
    for (int i = 0; i < count; i++) OnReadable(events[i].data.u32);
  }
  return window_->errors() == 0;
}

void DatagramLoad::Run() {
  sending_ = true;
  SendAll();
  RunUntil(NowNs() + options_.warmup_ms * kNsPerMs);
  window_->Begin();
  RunUntil(NowNs() + options_.duration_ms * kNsPerMs);
  window_->End();
  sending_ = false;
  // Each datagram has its tries, so that this comes to an end.
  RunUntil(NowNs() + (kMaxTries + 1) * (kAnswerNs + kLookNs));
  if (unanswered_ > 0 && window_->errors() == 0) Fail(kSilent);
}

}  // namespace load
