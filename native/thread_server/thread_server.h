// The server of the textbooks, to compare an event loop with: one thread
// accepts, one thread per client echoes (thread_server_client.h), all of them
// block in the kernel. Nothing here knows of JavaScript; what went wrong waits
// in a queue whose doorbell descriptor the loop can watch.
// See accept(2), listen(2), poll(2), pthread_create(3).
#ifndef RAWLOOP_THREAD_SERVER_THREAD_SERVER_H_
#define RAWLOOP_THREAD_SERVER_THREAD_SERVER_H_

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "calls/address.h"
#include "thread_server/thread_server_client.h"

namespace rawloop {

struct Failure {
  int error = 0;               // an errno, positive; 0: nothing failed
  const char* call = nullptr;  // the system call, a literal
  Address peer{};              // the client that it cost
  bool has_peer = false;
};

// Failures on their way to JavaScript: every one is counted, the oldest
// kQueued that JavaScript has not taken yet are kept. The doorbell is a pipe,
// as an eventfd is Linux's alone.
class FailureQueue {
 public:
  static constexpr size_t kQueued = 64;

  // 0 or an errno.
  int Open();
  // The doorbell goes, the count stays.
  void Close();
  void Tell(const Failure& failure);
  std::vector<Failure> Take();
  // Readable while there is something to take. -1 when not open.
  int doorbell() const { return bell_read_.get(); }
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> count_{0};
  std::mutex mutex_;
  // An array, as whoever tells may have no memory left.
  std::array<Failure, kQueued> queue_;
  size_t queued_ = 0;
  UniqueFd bell_read_;
  UniqueFd bell_write_;
};

// Start, Stop and the destructor belong to one thread; the figures count from
// the constructor on, over every start and stop.
class ThreadServer final : private ClientObserver {
 public:
  struct Figures {
    uint64_t connections = 0;  // accepted
    uint64_t errors = 0;
    ClientThreads::Figures clients;
  };

  explicit ThreadServer(size_t stack_bytes) : clients_(stack_bytes, this) {}
  ~ThreadServer() { Stop(); }
  ThreadServer(const ThreadServer&) = delete;
  ThreadServer& operator=(const ThreadServer&) = delete;

  // Listens and starts to accept. What failed, or an `error` of 0; nothing is
  // left open or running after a failure.
  Failure Start(const Address& address, int backlog);
  // Accepts no more, ends every client, joins every thread, closes every
  // descriptor. Returns at once when not started.
  void Stop();
  bool started() const { return listen_.ok(); }

  // Where it listens: the port the kernel chose, if 0 was asked for. Null when
  // not started.
  const Address* address() const { return started() ? &address_ : nullptr; }
  Figures figures() const;
  std::vector<Failure> TakeFailures() { return failures_.Take(); }
  int doorbell() const { return failures_.doorbell(); }

 private:
  Failure Open(const Address& address, int backlog);
  void CloseAll();
  static void* Run(void* server);
  void AcceptUntilStopped();
  void Rest();
  void AcceptAll();
  void Serve(UniqueFd client, const Address& peer);
  void BackOff(const char* call, int error);
  // On a client's thread.
  void ConnectionFailed(const char* call, int error,
                        const Address& peer) override;
  void ThreadEnded() override;

  ClientThreads clients_;
  FailureQueue failures_;
  std::atomic<uint64_t> connections_{0};
  std::atomic<bool> stopping_{false};
  UniqueFd listen_;
  Address address_{};
  // Wakes the accept thread: to stop, or to join threads that ended.
  UniqueFd bell_read_;
  UniqueFd bell_write_;
  pthread_t acceptor_{};
  // The accept thread's: how long it leaves the backlog alone, 0 = it accepts.
  int pause_ms_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_THREAD_SERVER_THREAD_SERVER_H_
