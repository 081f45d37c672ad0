#include "thread_server/thread_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/retried.h"
#include "os/opening.h"
#include "os/thread_name.h"

namespace rawloop {
namespace {

// Out of descriptors or memory, the accept thread sleeps: without a pause it
// would spin, as the client that it cannot accept keeps the socket readable.
constexpr int kFirstPauseMs = 5;
constexpr int kLongestPauseMs = 1000;
// Stop() need not wait for longer when it cannot ring.
constexpr int kSliceMs = 20;

Failure Failed(const char* call, int error) {
  Failure failure;
  failure.error = error;
  failure.call = call;
  return failure;
}

// A close-on-exec pipe that never blocks. 0 or an errno.
int OpenBell(UniqueFd* read_end, UniqueFd* write_end) {
  int ends[2];
  if (OpenPipe(ends, O_NONBLOCK) < 0) return errno;
  read_end->Reset(ends[0]);
  write_end->Reset(ends[1]);
  return 0;
}

// EINTR is retried; EAGAIN means that there are bytes to be read as it is.
void WriteByte(int fd) {
  const char byte = 0;
  Retried([&] { return write(fd, &byte, 1); });
}

bool SetFlag(int fd, int level, int name) {
  const int on = 1;
  return setsockopt(fd, level, name, &on, sizeof(on)) == 0;
}

void ReadBytes(int fd) {
  char bytes[64];
  Retried([&] { return read(fd, bytes, sizeof(bytes)); });
}

}  // namespace

int FailureQueue::Open() { return OpenBell(&bell_read_, &bell_write_); }

void FailureQueue::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  queued_ = 0;
  bell_read_.Reset();
  bell_write_.Reset();
}

void FailureQueue::Tell(const Failure& failure) {
  count_.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard<std::mutex> lock(mutex_);
  if (queued_ == kQueued) return;
  queue_[queued_++] = failure;
  if (queued_ == 1) WriteByte(bell_write_.get());
}

std::vector<Failure> FailureQueue::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Failure> taken(queue_.begin(), queue_.begin() + queued_);
  if (queued_ > 0) ReadBytes(bell_read_.get());
  queued_ = 0;
  return taken;
}

Failure ThreadServer::Open(const Address& address, int backlog) {
  // Non-blocking, as the client that poll announced may have left when it is
  // accepted. The clients' own sockets do not inherit that.
  listen_.Reset(
      OpenSocket(address.get()->sa_family, SOCK_STREAM | kSockNonblock, 0));
  if (!listen_.ok()) return Failed("socket", errno);
  // The clients' sockets inherit TCP_NODELAY.
  if (!SetFlag(listen_.get(), SOL_SOCKET, SO_REUSEADDR) ||
      !SetFlag(listen_.get(), IPPROTO_TCP, TCP_NODELAY)) {
    return Failed("setsockopt", errno);
  }
  if (bind(listen_.get(), address.get(), address.size) < 0) {
    return Failed("bind", errno);
  }
  if (listen(listen_.get(), backlog) < 0) return Failed("listen", errno);
  address_.size = sizeof(address_.storage);
  if (getsockname(listen_.get(), address_.get(), &address_.size) < 0) {
    return Failed("getsockname", errno);
  }
  int error = OpenBell(&bell_read_, &bell_write_);
  if (error == 0) error = failures_.Open();
  if (error != 0) return Failed("pipe2", error);
  SignalsBlocked block;
  error = pthread_create(&acceptor_, nullptr, Run, this);
  return error == 0 ? Failure() : Failed("pthread_create", error);
}

Failure ThreadServer::Start(const Address& address, int backlog) {
  if (started()) return Failed("listen", EALREADY);
  stopping_.store(false);
  Failure failure = Open(address, backlog);
  if (failure.error != 0) CloseAll();
  return failure;
}

void ThreadServer::Stop() {
  if (!started()) return;
  stopping_.store(true);
  WriteByte(bell_write_.get());
  pthread_join(acceptor_, nullptr);
  clients_.StopAll();
  CloseAll();
}

void ThreadServer::CloseAll() {
  listen_.Reset();
  bell_read_.Reset();
  bell_write_.Reset();
  failures_.Close();
}

ThreadServer::Figures ThreadServer::figures() const {
  Figures figures;
  figures.connections = connections_.load(std::memory_order_relaxed);
  figures.errors = failures_.count();
  figures.clients = clients_.figures();
  return figures;
}

void* ThreadServer::Run(void* argument) {
  NameThread("rawloop-accept");
  static_cast<ThreadServer*>(argument)->AcceptUntilStopped();
  return nullptr;
}

// A pipe stops it and not shutdown(2) of the listening socket: that wakes an
// accept on Linux, but the BSDs and macOS answer ENOTCONN and let it sleep.
void ThreadServer::AcceptUntilStopped() {
  pollfd waits[2] = {{bell_read_.get(), POLLIN, 0}, {listen_.get(), POLLIN, 0}};
  pause_ms_ = 0;
  while (!stopping_.load()) {
    // In a pause the listening socket is not looked at: it stays readable.
    bool paused = pause_ms_ > 0;
    int ready = poll(waits, paused ? 1 : 2, paused ? pause_ms_ : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) {
      // No memory, a filter, a descriptor limit below 2: not by poll, then.
      BackOff("poll", errno);
      Rest();
      continue;
    }
    if (stopping_.load()) return;
    if (ready > 0 && waits[0].revents != 0) {
      ReadBytes(bell_read_.get());
      clients_.JoinEnded();
    }
    AcceptAll();
  }
}

// A pause in which the bell is not heard.
void ThreadServer::Rest() {
  for (int left = pause_ms_; left > 0 && !stopping_.load(); left -= kSliceMs) {
    SleepMs(std::min(left, kSliceMs));
  }
}

// Until the backlog is empty, an error asks for a pause, or Stop() is called.
void ThreadServer::AcceptAll() {
  while (!stopping_.load()) {
    Address peer;
    UniqueFd client(AcceptSocket(listen_.get(), peer.get(), &peer.size, 0));
    if (client.ok()) {
      pause_ms_ = 0;
      Serve(std::move(client), peer);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pause_ms_ = 0;
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      // EMFILE, ENFILE, ENOBUFS, ENOMEM, or what the network stack hands on:
      // the clients in the backlog wait and are served after the pause.
      BackOff("accept4", errno);
      return;
    }
  }
}

void ThreadServer::Serve(UniqueFd client, const Address& peer) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  int error = clients_.Serve(&client, peer);
  if (error == 0) return;
  // Told before the close, which is at the end of this scope: a client that
  // sees the close finds it in the figures.
  Failure failure = Failed("pthread_create", error);
  failure.peer = peer;
  failure.has_peer = true;
  failures_.Tell(failure);
}

void ThreadServer::ConnectionFailed(const char* call, int error,
                                    const Address& peer) {
  Failure failure = Failed(call, error);
  failure.peer = peer;
  failure.has_peer = true;
  failures_.Tell(failure);
}

void ThreadServer::ThreadEnded() { WriteByte(bell_write_.get()); }

void ThreadServer::BackOff(const char* call, int error) {
  pause_ms_ = std::clamp(pause_ms_ * 2, kFirstPauseMs, kLongestPauseMs);
  failures_.Tell(Failed(call, error));
}

}  // namespace rawloop
