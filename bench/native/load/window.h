// The measured window: what was counted in it, how long it was, and the CPU
// time that the kernel charged to the server and to this client meanwhile.
//
// The server's time comes from its process CPU clock (clock_getcpuclockid(3)):
// nanoseconds of scheduled time, summed over all threads, those that have ended
// included, and read at the moment at which the window opens and closes. It is
// the kernel's figure behind /proc/PID/task/*/schedstat, whose sum would lose
// the share of ended threads (a thread per connection!); /proc/PID/stat counts
// in ticks of 10 ms. A thread that runs at that moment is booked up to its last
// scheduler tick (4 ms at 250 Hz): below 1 % of a window of half a second.
// Work that the kernel does in a soft interrupt is charged to whoever was
// running, on loopback mostly the sender: the same rule for all servers.
#ifndef RAWLOOP_BENCH_LOAD_WINDOW_H_
#define RAWLOOP_BENCH_LOAD_WINDOW_H_

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>

#include "options.h"
#include "round_trips.h"

namespace load {

inline int64_t ClockNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline int64_t NowNs() { return ClockNs(CLOCK_MONOTONIC); }

class Window {
 public:
  explicit Window(const Options& options) : options_(options) {}

  // False when the server's clock cannot be had: no such process.
  bool Prepare() {
    has_server_clock_ = options_.server_pid != 0;
    return !has_server_clock_ ||
           clock_getcpuclockid(options_.server_pid, &server_clock_) == 0;
  }

  void Begin() {
    server_cpu_ns_ = ServerCpuNs();
    client_cpu_ns_ = ClockNs(CLOCK_PROCESS_CPUTIME_ID);
    elapsed_ns_ = NowNs();
    is_open_ = true;
  }

  void End() {
    is_open_ = false;
    elapsed_ns_ = NowNs() - elapsed_ns_;
    client_cpu_ns_ = ClockNs(CLOCK_PROCESS_CPUTIME_ID) - client_cpu_ns_;
    server_cpu_ns_ = ServerCpuNs() - server_cpu_ns_;
  }

  // Counts one answered message, if the window is open.
  void Record(int64_t round_trip_ns, size_t bytes) {
    if (!is_open_) return;
    round_trips_.Record(static_cast<uint64_t>(round_trip_ns));
    bytes_ += bytes;
  }

  // Counts datagrams, in the window or not: all that were sent and that came,
  // what was sent again as no answer had come in time, and answers that nobody
  // waited for any more.
  void AddSent(uint64_t count) { sent_ += count; }
  void AddReceived(uint64_t count) { received_ += count; }
  void AddLost() { lost_++; }
  void AddStray() { strays_++; }

  // True once --messages have been counted.
  bool IsFull() const {
    return options_.messages != 0 &&
           round_trips_.count() >= static_cast<uint64_t>(options_.messages);
  }

  void AddError(const std::string& what) {
    if (errors_++ == 0) first_error_ = what;
  }

  uint64_t errors() const { return errors_; }

  // Does what --samples asks for; false when the file cannot be written.
  bool SaveSamples() const {
    return options_.samples_path.empty() ||
           round_trips_.Save(options_.samples_path);
  }

  void PrintJson();

 private:
  int64_t ServerCpuNs() const {
    return has_server_clock_ ? ClockNs(server_clock_) : 0;
  }

  const Options& options_;
  RoundTrips round_trips_;
  clockid_t server_clock_ = 0;
  bool has_server_clock_ = false;
  bool is_open_ = false;
  uint64_t bytes_ = 0;
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
  uint64_t lost_ = 0;
  uint64_t strays_ = 0;
  int64_t elapsed_ns_ = 0;
  int64_t server_cpu_ns_ = 0;
  int64_t client_cpu_ns_ = 0;
  uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_WINDOW_H_
