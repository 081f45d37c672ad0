// Files whose event is consumed by asking: to poll mountinfo, a sysctl file,
// swaps or a pressure file tells of a change once, and takes it. A poller that
// is waited for by another (guest mode: the host's) is asked by that one first,
// and its own wait finds nothing. So one thread waits for these files, in an
// epoll that nobody else waits for; what it was told is kept here until it is
// taken, and rings a doorbell that any poller may wait for.
//
// See poll in fs/proc_namespace.c and fs/proc/proc_sysctl.c of the kernel.
#ifndef RAWLOOP_POLL_FILE_WATCHER_H_
#define RAWLOOP_POLL_FILE_WATCHER_H_

#include <pthread.h>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>

#include "core/unique_fd.h"
#include "poll/readiness.h"

namespace rawloop {

// All calls are one thread's. Those that can fail return 0 or -errno.
class FileWatcher {
 public:
  FileWatcher() = default;
  ~FileWatcher() { Stop(); }
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  // Opens what it needs and starts the thread.
  int Start();
  // Ends and joins the thread.
  void Stop();

  // epoll_ctl(2); `token` is what records of the file bear. What was found for
  // a file before it was deleted is dropped.
  int Add(int fd, uint32_t events, uint64_t token);
  int Modify(int fd, uint32_t events, uint64_t token);
  int Delete(int fd, uint64_t token);

  // Moves up to `max` records to `out`; how many. The thread looks again once
  // there are none left.
  size_t Take(ReadyRecord* out, size_t max);
  // Readable while there are records.
  int doorbell() const { return doorbell_.get(); }

 private:
  static constexpr int kEvents = 64;

  int Open();
  int Control(int operation, int fd, uint32_t events, uint64_t token);
  static void* Run(void* watcher);
  void WatchUntilStopped();

  UniqueFd epoll_;
  UniqueFd doorbell_;
  UniqueFd stop_;
  pthread_t thread_{};
  bool started_ = false;

  std::mutex mutex_;
  std::condition_variable taken_;
  // Guarded by the mutex from here on.
  std::set<uint64_t> tokens_;
  std::array<ReadyRecord, kEvents> records_;
  size_t first_ = 0;
  size_t count_ = 0;
  bool stopping_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POLL_FILE_WATCHER_H_
