// Signals from SIGRTMIN to SIGRTMAX, which the kernel queues, each with its
// value and its sender. Hosts watch none of them, so they have a handler of
// ours alone, which keeps what the kernel told in memory of each port that
// watches; the dispatchers of signals.h know a number and nothing more. See
// sigqueue(3), sigaction(2), signal-safety(7).
#ifndef RAWLOOP_PROCESS_REALTIME_TABLE_H_
#define RAWLOOP_PROCESS_REALTIME_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace rawloop {

// A signal that came. Also what JavaScript reads: see realtime.ts.
struct RealtimeRecord {
  int32_t signal;
  int32_t code;
  int32_t pid;
  int32_t uid;
  int32_t value;
  int32_t lost;  // how many did not fit before it
};

// As many as wait at most: more than a user may have queued, as a rule.
constexpr size_t kRealtimeRecords = 65536;

// Where those that one loop watches arrive.
class RealtimePort {
 public:
  ~RealtimePort();
  // 0 or -errno.
  int Open();
  // Readable while there are some.
  int fd() const { return ends_[0]; }
  // 0 or -errno.
  int Watch(int signal);
  void Unwatch(int signal);
  // The next ones, at most `size`; how many.
  size_t Take(RealtimeRecord* out, size_t size);

  // For the handler: whether it was watched.
  bool Tell(const RealtimeRecord& record);

 private:
  bool IsWatched(int signal) const;
  void Ring() const;

  int ends_[2] = {-1, -1};
  int place_ = -1;
  std::atomic<uint64_t> watched_{0};  // a bit for each of them
  // Held for moments, by who has all signals blocked.
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::unique_ptr<RealtimeRecord[]> records_;
  size_t first_ = 0;
  size_t count_ = 0;
  int32_t lost_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_REALTIME_TABLE_H_
