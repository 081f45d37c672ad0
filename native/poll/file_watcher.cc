#include "poll/file_watcher.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "core/retried.h"
#include "os/thread_name.h"

namespace rawloop {
namespace {

// No token: those of users are below 2^53.
constexpr uint64_t kStopToken = UINT64_MAX;
constexpr int kPauseMs = 10;

void Ring(int fd) {
  const uint64_t one = 1;
  Retried([&] { return write(fd, &one, sizeof(one)); });
}

void Silence(int fd) {
  uint64_t rings;
  Retried([&] { return read(fd, &rings, sizeof(rings)); });
}

int OpenCounter(UniqueFd* out) {
  out->Reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return out->ok() ? 0 : -errno;
}

uint64_t TokenOf(const ReadyRecord& record) {
  return record.slot | uint64_t{record.generation} << 32;
}

}  // namespace

int FileWatcher::Start() {
  BeginIdentities();
  started_ = true;
  int error = Open();
  if (error < 0) Stop();
  return error;
}

int FileWatcher::Open() {
  epoll_.Reset(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.ok()) return -errno;
  int error = OpenCounter(&doorbell_);
  if (error == 0) error = OpenCounter(&stop_);
  if (error == 0) {
    error = Control(EPOLL_CTL_ADD, stop_.get(), EPOLLIN, kStopToken);
  }
  if (error < 0) return error;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  error = pthread_create(&thread_, nullptr, Run, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) thread_ = {};
  return -error;
}

void FileWatcher::Stop() {
  if (!started_) return;
  started_ = false;
  if (thread_ != pthread_t{}) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    taken_.notify_one();
    Ring(stop_.get());
    pthread_join(thread_, nullptr);
  }
  epoll_.Reset();
  doorbell_.Reset();
  stop_.Reset();
  EndIdentities();
}

int FileWatcher::Control(int operation, int fd, uint32_t events,
                         uint64_t token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = token;
  return epoll_ctl(epoll_.get(), operation, fd, &event) < 0 ? -errno : 0;
}

int FileWatcher::Add(int fd, uint32_t events, uint64_t token) {
  std::lock_guard<std::mutex> lock(mutex_);
  bool known = !tokens_.insert(token).second;
  int error = Control(EPOLL_CTL_ADD, fd, events, token);
  if (error < 0 && !known) tokens_.erase(token);
  return error;
}

int FileWatcher::Modify(int fd, uint32_t events, uint64_t token) {
  std::lock_guard<std::mutex> lock(mutex_);
  tokens_.insert(token);
  return Control(EPOLL_CTL_MOD, fd, events, token);
}

int FileWatcher::Delete(int fd, uint64_t token) {
  std::lock_guard<std::mutex> lock(mutex_);
  tokens_.erase(token);
  auto* begin = &records_[first_];
  auto* end = std::remove_if(begin, begin + count_, [token](auto& record) {
    return TokenOf(record) == token;
  });
  count_ = static_cast<size_t>(end - begin);
  if (count_ == 0) {
    Silence(doorbell_.get());
    taken_.notify_one();
  }
  return Control(EPOLL_CTL_DEL, fd, 0, 0);
}

size_t FileWatcher::Take(ReadyRecord* out, size_t max) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t taken = std::min(max, count_);
  std::copy_n(records_.begin() + first_, taken, out);
  first_ += taken;
  count_ -= taken;
  if (count_ == 0) {
    Silence(doorbell_.get());
    taken_.notify_one();
  }
  return taken;
}

void* FileWatcher::Run(void* watcher) {
  NameThread("rawloop-files");
  static_cast<FileWatcher*>(watcher)->WatchUntilStopped();
  return nullptr;
}

// One look at a time: what it was told is taken before the next, so that a
// condition that lasts is told once a turn, as a poller's own would be.
void FileWatcher::WatchUntilStopped() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    taken_.wait(lock, [this] { return count_ == 0 || stopping_; });
    if (stopping_) return;
    lock.unlock();
    epoll_event events[kEvents];
    int found = epoll_wait(epoll_.get(), events, kEvents, -1);
    // No memory, or the number is another's: not again at once.
    if (found < 0 && errno != EINTR) poll(nullptr, 0, kPauseMs);
    lock.lock();
    first_ = 0;
    for (int i = 0; i < found; i++) {
      uint64_t token = events[i].data.u64;
      // Of one that was deleted meanwhile; or it is time to stop.
      if (tokens_.count(token) == 0) continue;
      records_[count_++] = {events[i].events, static_cast<uint32_t>(token),
                            static_cast<uint32_t>(token >> 32)};
    }
    if (count_ > 0) Ring(doorbell_.get());
  }
}

}  // namespace rawloop
